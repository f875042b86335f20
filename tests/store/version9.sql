-- A database of SQLite's version 9 with made-up rows: some from pratikar-seed, the others by hand.
CREATE TABLE account (
    id         INTEGER PRIMARY KEY,
    username   TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    password   TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    scope      TEXT    NOT NULL,           -- JSON
    mobile     TEXT,
    failures   INTEGER NOT NULL DEFAULT 0,
    failed_at  INTEGER
) STRICT;
INSERT INTO "account" VALUES(1,'counter','Counter operator','$argon2id$v=19$m=19456,t=2,p=1$eK5zMGdOl4ykNCMYbDEkpQ$Nn6T02WIunO5xjMloBfiblPFQtnHfHvgdnlCmyTBGFM','counter_operator','"state"','7000000001',0,NULL);
INSERT INTO "account" VALUES(2,'telecaller','Tele-caller','$argon2id$v=19$m=19456,t=2,p=1$eK5zMGdOl4ykNCMYbDEkpQ$Nn6T02WIunO5xjMloBfiblPFQtnHfHvgdnlCmyTBGFM','tele_caller','"state"','7000000002',0,NULL);
INSERT INTO "account" VALUES(3,'quality','Quality lead','$argon2id$v=19$m=19456,t=2,p=1$eK5zMGdOl4ykNCMYbDEkpQ$Nn6T02WIunO5xjMloBfiblPFQtnHfHvgdnlCmyTBGFM','quality_lead','"state"','7000000003',0,NULL);
INSERT INTO "account" VALUES(4,'analyst','Operational analyst','$argon2id$v=19$m=19456,t=2,p=1$eK5zMGdOl4ykNCMYbDEkpQ$Nn6T02WIunO5xjMloBfiblPFQtnHfHvgdnlCmyTBGFM','operational_analyst','"state"','7000000004',0,NULL);
INSERT INTO "account" VALUES(5,'caller','Verification caller','$argon2id$v=19$m=19456,t=2,p=1$eK5zMGdOl4ykNCMYbDEkpQ$Nn6T02WIunO5xjMloBfiblPFQtnHfHvgdnlCmyTBGFM','verification_caller','"state"','7000000005',0,NULL);
CREATE TABLE attachment (
    id        TEXT PRIMARY KEY,
    reference INTEGER,
    width     INTEGER NOT NULL,
    height    INTEGER NOT NULL,
    created   INTEGER NOT NULL
, length INTEGER NOT NULL DEFAULT 0, digest BLOB, kind TEXT NOT NULL DEFAULT 'photo', media TEXT NOT NULL DEFAULT 'image/jpeg', seconds INTEGER NOT NULL DEFAULT 0, stored BLOB) STRICT;
INSERT INTO "attachment" VALUES('VJxPN0pEXAMPLEhQ2m0a1A',NULL,640,480,1795900000000,5,X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB','photo','image/jpeg',0,X'CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCD');
CREATE TABLE code (
    id       TEXT PRIMARY KEY,
    mobile   TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    address  BLOB    NOT NULL,
    created  INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    used     INTEGER NOT NULL DEFAULT 0
, asker INTEGER NOT NULL DEFAULT 0, used_by BLOB) STRICT;
INSERT INTO "code" VALUES('c1','9830012345',X'06',X'07',1795900000000,1,1,0,X'08');
CREATE TABLE document (
    seq       INTEGER PRIMARY KEY REFERENCES event (seq),
    salt      BLOB NOT NULL,
    statement TEXT NOT NULL,               -- JSON
    title     TEXT                         -- first sentence, of the first statement
) STRICT;
INSERT INTO "document" VALUES(1,X'510CF50B4D23AB71734157A3D6B03A27','{"text":"2 মাস আগে থানায় অভিযোগ করেছি। আসামিরা খেজুরতলা-এ ঘুরে বেড়াচ্ছে, আমাদের হুমকি দিচ্ছে। পুলিশ ধরছে না।","language":"bn","landmark":"খেজুরতলা","name":"চুনু মোল্লা"}',NULL);
INSERT INTO "document" VALUES(4,X'3455114C6E275E93AA72B229D830908E','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(5,X'DD0D3759292970914219A7E36AAD4F8E','{"text":"মহকুমা পুলিশ আধিকারিক সোমবার আবেদনকারীর সঙ্গে কথা বলেছেন এবং খেজুরতলা-এর চুরির ঘটনায় এফআইআর নেওয়া হয়েছে। এফআইআরের কপি সেদিনই আবেদনকারীকে দেওয়া হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(10,X'7854448361B39C0F03D99DEA7FB0AECD','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(11,X'639C82FF1B92E7B95B29D3E1D24D3E90','{"text":"An officer from another police station met the complainant on Monday. The FIR about the incident at খেজুরতলা was registered and a copy was handed over the same day.","language":"bn"}',NULL);
INSERT INTO "document" VALUES(16,X'9ADB856B821E5308AF3D30586A9E20C2','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(17,X'45EFD724EBC8EECB66C52E402612EA64','{"text":"মহকুমা পুলিশ আধিকারিক সোমবার আবেদনকারীর সঙ্গে কথা বলেছেন এবং খেজুরতলা-এর চুরির ঘটনায় এফআইআর নেওয়া হয়েছে। এফআইআরের কপি সেদিনই আবেদনকারীকে দেওয়া হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(22,X'85CECE2624D0FD8CADDDF2DDD79E947B','{"text":"মহুলডাঙা এলাকার বড় রাস্তায় অনেক গর্ত হয়েছে। 5 মাস ধরে কেউ সারায়নি। বৃষ্টি হলে গর্ত বোঝা যায় না, সাইকেল আর টোটো উল্টে যায়।","language":"bn","landmark":"মহুলডাঙা","name":"সবিতা মাঝি"}',NULL);
INSERT INTO "document" VALUES(25,X'DB91D54734AB0466E41CFC8BF190B385','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(26,X'C8318A9CDA2585EDB28F595499BC7999','{"text":"The junior engineer visited মহুলডাঙা on Tuesday and spoke to the complainant at the spot. The damaged stretch was filled and rolled, and the work was finished on Friday. Photos before and after are attached.","language":"bn"}',NULL);
INSERT INTO "document" VALUES(30,X'80583AF2F84990AF64BFD96FDA76F3AB','{"text":"বটতলা-এর দোকানে সারের বস্তায় ছাপা দামের চেয়ে অনেক বেশি নিচ্ছে, রসিদ দিচ্ছে না। চাষের সময়, না কিনে উপায় নেই।","language":"bn","landmark":"বটতলা","name":"কামাল দাস"}',NULL);
INSERT INTO "document" VALUES(33,X'DC15CE4EEDD40FB7D23136A6743F8A67','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(34,X'61FB29605309AAB66F4986908AD5A239','{"text":"The fertiliser shop at বটতলা was inspected on Tuesday and found to be overcharging. A notice was served and the extra amount was returned to the complainant.","language":"bn"}',NULL);
INSERT INTO "document" VALUES(38,X'092D0231841F0BF9996824EE9ED0038E','{"text":"আমাদের স্কুলপাড়া এলাকার নলকূপে হাতল মারলেও জল ওঠে না। 2 মাস হয়ে গেল মিস্ত্রি আসেনি। গরমে খুব কষ্ট।","language":"bn","landmark":"স্কুলপাড়া","name":"নেতাই বাউরি"}',NULL);
INSERT INTO "document" VALUES(41,X'9E7654B92375DBCE78FA92BD3CE92940','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(42,X'FC98D0AEC9AC1AE3643D10474A3F9C78','{"text":"সোমবার মিস্ত্রি স্কুলপাড়া-এ গিয়ে নলকূপের পাইপ ও ওয়াশার বদলে দিয়েছেন। আবেদনকারীর সামনে জল তুলে দেখানো হয়েছে, জল পরিষ্কার।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(47,X'13F4B9F1260E5EEC1225DC811802A000','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(48,X'B6073716C661CCE53395E8C504B16F42','{"text":"সোমবার মিস্ত্রি স্কুলপাড়া-এ গিয়ে নলকূপের পাইপ ও ওয়াশার বদলে দিয়েছেন। আবেদনকারীর সামনে জল তুলে দেখানো হয়েছে, জল পরিষ্কার।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(51,X'0DF13A33CD784633773EBAE8E2A4B380','{"text":"ঘটনাস্থলে গিয়ে দেখা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(52,X'6DD382C93E17304BF1B7619FF99C1A61','{"text":"আমি 5 মাস ধরে লক্ষ্মীর ভাণ্ডারের টাকা পাচ্ছি না। আগে পেতাম। ব্যাঙ্কে বলছে আধার লিঙ্কের সমস্যা, কিন্তু আমি লিঙ্ক করিয়েছি।","language":"bn","landmark":"বড় শিমুলিয়া","name":"চাঁপা মণ্ডল"}',NULL);
INSERT INTO "document" VALUES(55,X'6FFF0E86EC6AEDA9E7821F184D140A92','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(56,X'C4B5B1486CABA3D41182BF0CC10909D4','{"text":"Amtala में घर गिर गया, 7 लोग खुले में हैं। आज रात के लिए तिरपाल या जगह चाहिए।","language":"hi","landmark":"Amtala","name":"Imran Jana"}',NULL);
INSERT INTO "document" VALUES(59,X'4EE6F25E7DBC3B6554F053FE2D0400E9','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(60,X'A7F36B02EBA77F7A0C94148FD3B4E717','{"text":"Amtala-এর গৃহহীন পরিবারগুলিকে সেদিন সন্ধ্যায় স্কুলের ত্রাণ শিবিরে তোলা হয়েছে। আবেদনকারীর সঙ্গে রাতে কথা হয়েছে, তিনি খাবার পেয়েছেন।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(63,X'D7638C920F41EFA9EF0F8FA89E576E33','{"text":"ঘটনাস্থলে গিয়ে দেখা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(64,X'A54250D287A469E97B764EEE837904A6','{"text":"The anganwadi centre at বড় শিমুলিয়া was visited on Tuesday. Cooked food was restarted from Wednesday and the mothers present confirmed that eggs were given.","language":"bn"}',NULL);
INSERT INTO "document" VALUES(67,X'0179D14BC21FCF0B4F050E5442D18048','{"text":"ঘটনাস্থলে গিয়ে দেখা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(69,X'2017CD66D9B5F2AF3756C48B8D105D90','{"text":"আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(70,X'56B52AE5E33976295C9814D1C0431A52','{"text":"মহিলা পুলিশ ও প্রোটেকশন অফিসার খবর পেয়েই বড় শিমুলিয়া-এ গিয়ে আবেদনকারীর সঙ্গে একান্তে কথা বলেছেন। তাঁকে ও তাঁর সন্তানকে নিরাপদ আশ্রয়ে রাখা হয়েছে এবং অভিযোগ নথিভুক্ত হয়েছে।","language":"bn"}',NULL);
INSERT INTO "document" VALUES(73,X'644EE2545CC62B0F03598A0439A2E2AC','{"text":"ঘটনাস্থলে গিয়ে দেখা হয়েছে।","language":"bn"}',NULL);
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,
    reference  INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    at         INTEGER NOT NULL,           -- milliseconds since 1970, UTC
    by         TEXT    NOT NULL,           -- JSON
    body       TEXT    NOT NULL,           -- JSON
    commitment BLOB,
    hash       BLOB    NOT NULL,
    UNIQUE (reference, version)
) STRICT;
INSERT INTO "event" VALUES(1,143242096737,1,1785219161000,'{"role":"tele_caller","staff":2,"department":null,"office":null}','{"lodged":{"reference":"143242096737","citizen":4532558613910179174,"number_verified":true,"channel":"call","language":"bn","gender":"man","category":"police.inaction","district":319,"place":250001,"urban":true,"lane":"ordinary","photos":[],"rules_version":1}}',X'C5D2B9F55BFE690AD85069304B729A15A96708E96DB9FDFC44D2D1C06DB91BDC',X'E036694A5E6667D38C83A787C408B8775A1BF84758DFAD498E645CAA79DF88D4');
INSERT INTO "event" VALUES(2,143242096737,2,1785224115000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"categorised":{"category":"police.inaction","department":"HHA","lane":"ordinary","district":null,"place":null,"shielded":true,"complained_of":null}}',NULL,X'613ECEBEF3951A5DD015B20FF4F71515DD16E00B846671AC512431EC212882E9');
INSERT INTO "event" VALUES(3,143242096737,3,1785250614000,'{"role":"nodal_officer","staff":1018,"department":"HHA","office":null}','{"forwarded":{"office":1190}}',NULL,X'EA9293C1060326CF20DB1C0543A4B92ADCD786A5520CC336FC4B60D0F36E1234');
INSERT INTO "event" VALUES(4,143242096737,4,1785394695000,'{"role":"office_officer","staff":11190,"department":"HHA","office":1190}','{"contact_recorded":{"means":"phone"}}',X'1B11EFB61C60357060F7F4A3D930783A6A02C8868BF70956CA7EAE0B7CADAD6F',X'D7AC5D8518E7FE271A31253BF0A37046F4137761E462ADD4E13BD31691F85095');
INSERT INTO "event" VALUES(5,143242096737,5,1785497514000,'{"role":"office_officer","staff":11190,"department":"HHA","office":1190}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'9DEDABC82A2B07B7CBA502B82035CEDEDBCD46041C74E4C06F1792C16918BB21',X'34649BF99F18DF4DCB1E0B006D43066FD5675040C34BD4DCB75C05007CB93518');
INSERT INTO "event" VALUES(6,143242096737,6,1785579147000,'{"role":"nodal_officer","staff":1018,"department":"HHA","office":null}','"atr_accepted"',NULL,X'CA6F92547797EE21D4AAD3F5CC78B464C114F0946FD56AF169AF076F4CABE766');
INSERT INTO "event" VALUES(7,143242096737,7,1785579147000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'A6E4F1D32BCE7AFE457C94C266DD1F46FDD0D7AFC4BE64E004D3500BFF0C113E');
INSERT INTO "event" VALUES(8,143242096737,8,1785654027000,'{"role":"verification_caller","staff":5,"department":null,"office":null}','{"call_recorded":{"outcome":"disputed","call_id":"","closes":false}}',NULL,X'2807CF92336D0B356402B6AC6E9522784D9240DC704A708E259AD5D6EE27C3CA');
INSERT INTO "event" VALUES(9,143242096737,9,1785664782000,'{"role":"nodal_officer","staff":1018,"department":"HHA","office":null}','{"forwarded":{"office":1190}}',NULL,X'45D29622BF7E4E088C68CC226BD594DA355A66245CBB41DB9E1BA7CEC2629468');
INSERT INTO "event" VALUES(10,143242096737,10,1785722798000,'{"role":"office_officer","staff":11190,"department":"HHA","office":1190}','{"contact_recorded":{"means":"phone"}}',X'B716EAF8C7925EBB293062C9B2233B0ADE6AA489DEE82D1D0BC598A6F148848B',X'A7E9D1974E803CF93A0040383876D0C00DA78053F8B01F85A2AAA08F8FFFE33C');
INSERT INTO "event" VALUES(11,143242096737,11,1786034705000,'{"role":"office_officer","staff":11190,"department":"HHA","office":1190}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'7925F0E4866958D0F8B5DC36F76DB522F1DF8EAD539EA9B03F2E52E8461DE277',X'75E362789A965E3F0401836B4D748658C64945566EED4E569CEAF1E5DEA13DB4');
INSERT INTO "event" VALUES(12,143242096737,12,1786111129000,'{"role":"nodal_officer","staff":1018,"department":"HHA","office":null}','"atr_accepted"',NULL,X'808FDDEDF732713CDDE9BFDA30A06CA0DC529A8366509F5BE40ED0E84CE18B96');
INSERT INTO "event" VALUES(13,143242096737,13,1786111129000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'049595AD2FCF257286AD818AA062D512E6D0DCEA871A3D6942A99D7F080EA063');
INSERT INTO "event" VALUES(14,143242096737,14,1786131558000,'{"role":"verification_caller","staff":5,"department":null,"office":null}','{"call_recorded":{"outcome":"disputed","call_id":"","closes":false}}',NULL,X'A0AD0EE08605B5494FE95EFAAB88D0FCFBC70BB61CD2580AD8A341399CFFF59E');
INSERT INTO "event" VALUES(15,143242096737,15,1786140537000,'{"role":"nodal_officer","staff":1018,"department":"HHA","office":null}','{"forwarded":{"office":1190}}',NULL,X'0C165F8F4395CE42ADB6AF69C89E41D68F75DEABA78C6528845D3AF07503F9F1');
INSERT INTO "event" VALUES(16,143242096737,16,1786241552000,'{"role":"office_officer","staff":11190,"department":"HHA","office":1190}','{"contact_recorded":{"means":"phone"}}',X'04E96C14FFA6B374725AF88C2F29CF552C352A9B4B15B3EA7F204364D440A345',X'E8B8D3CDB5FEFB4626F14B7608F2377AD4C93376B02BE3B8DDCF7054A8F92EA8');
INSERT INTO "event" VALUES(17,143242096737,17,1786344988000,'{"role":"office_officer","staff":11190,"department":"HHA","office":1190}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'817F1E9F878EA66251750C8E98F1A68736FCD0475D80660B121EF4343931DCC0',X'CE11878A7176DDEF4986493E428E3DE68DF2E48A70043221F23818085C721E8B');
INSERT INTO "event" VALUES(18,143242096737,18,1786386599000,'{"role":"system","staff":null,"department":null,"office":null}','{"escalated":{"level":1,"lane":"ordinary"}}',NULL,X'89F3892552C3E1CC1C045069F9BAEB7888917B9B66BA4305A2D4FA7439B4A649');
INSERT INTO "event" VALUES(19,143242096737,19,1786416683000,'{"role":"nodal_officer","staff":1018,"department":"HHA","office":null}','"atr_accepted"',NULL,X'DDBB63421132D81F1153AD395219D203F81B17F23306C97709E91FC176775B21');
INSERT INTO "event" VALUES(20,143242096737,20,1786416683000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'F4F3CFA0A715ADCE579F3C3E2A7B970EAC644A26C6772E20BCF5EBA7CF9D5CB3');
INSERT INTO "event" VALUES(21,143242096737,21,1786484830000,'{"role":"verification_caller","staff":5,"department":null,"office":null}','{"call_recorded":{"outcome":"confirmed","call_id":"","closes":false}}',NULL,X'662A30349622115AC248AF57AF13AD96F4032233201E931B4CC91C07032A05AC');
INSERT INTO "event" VALUES(22,326039242009,1,1790578784000,'{"role":"tele_caller","staff":2,"department":null,"office":null}','{"lodged":{"reference":"326039242009","citizen":381867626982970765,"number_verified":true,"channel":"call","language":"bn","gender":"woman","category":"roads.potholes","district":303,"place":2740,"urban":false,"lane":"ordinary","photos":[],"rules_version":1}}',X'FDBD8748D9CA8E655B704C1EC70A2E372F3541FED5F7DBCD3C6305EBBA3DBF3A',X'F05DF9BD2980E800F69A384551B4BED47841EA1381B4283A1DDF4B80A30D6AF0');
INSERT INTO "event" VALUES(23,326039242009,2,1790594448000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"categorised":{"category":"roads.potholes","department":"PRD","lane":"ordinary","district":null,"place":null,"shielded":false,"complained_of":null}}',NULL,X'1AE0C96FBF82ED999DB1630136588A9905B572D72D13219489A988060D611292');
INSERT INTO "event" VALUES(24,326039242009,3,1790630126000,'{"role":"nodal_officer","staff":1033,"department":"PRD","office":null}','{"forwarded":{"office":1831}}',NULL,X'334485303B731C2C56545B023D6A5693E99D759C53355B9F8EF806D60B4FE304');
INSERT INTO "event" VALUES(25,326039242009,4,1790706776000,'{"role":"office_officer","staff":11831,"department":"PRD","office":1831}','{"contact_recorded":{"means":"phone"}}',X'A2E38B716ABA6B2F7726DD28725C05F1BA0D18A54B94C69652EA15458FA7456F',X'9C91557BBAE8F32BA707B6E8B40D77E3F82D2E81780AF26284B4FAB8BCA9F02D');
INSERT INTO "event" VALUES(26,326039242009,5,1790930098000,'{"role":"office_officer","staff":11831,"department":"PRD","office":1831}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'2A2A5DB5C36747AE79F9567BB55CC1D1FF44074F7F6FBAACDA0D93CE697D03A4',X'4AF7C0B3A5278DF37AAEADD9A3564D26177190FB154E03BC693DC07E07942A7D');
INSERT INTO "event" VALUES(27,326039242009,6,1790945869000,'{"role":"nodal_officer","staff":1033,"department":"PRD","office":null}','"atr_accepted"',NULL,X'95830E6AE245CAA968936168762168F501B3DFB5883EBD16C9774AB66D8DF3D5');
INSERT INTO "event" VALUES(28,326039242009,7,1790945869000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'1B95FDDC83ACABEAC281DD1A42B818108CA9F82A5C29F6FA7B6FB1E27B7C0F1D');
INSERT INTO "event" VALUES(29,326039242009,8,1791036937000,'{"role":"verification_caller","staff":5,"department":null,"office":null}','{"call_recorded":{"outcome":"confirmed","call_id":"","closes":false}}',NULL,X'C719D56678F2787002B34324D3A7FBA2EB2DD243EE219544B15DC396F8739257');
INSERT INTO "event" VALUES(30,971906978413,1,1792559711000,'{"role":"citizen","staff":null,"department":null,"office":null}','{"lodged":{"reference":"971906978413","citizen":201459320897711049,"number_verified":false,"channel":"web","language":"bn","gender":"unstated","category":"agriculture.seed","district":704,"place":250034,"urban":true,"lane":"ordinary","photos":[],"rules_version":1}}',X'5C52FFF9107ED23CA09E3DC4D5EEA508A0A105D1C809351C9ACF929E60D4E06F',X'F3AF0A98E142612C769B109BE5762056560669CE133B60A3C7E85241C14D8A22');
INSERT INTO "event" VALUES(31,971906978413,2,1792566338000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"categorised":{"category":"agriculture.seed","department":"AGRI","lane":"ordinary","district":null,"place":null,"shielded":false,"complained_of":null}}',NULL,X'1A463E461FD4EAB7277508A31D1ED06C9A6F336633A27923CE2384D4AAA2BBFA');
INSERT INTO "event" VALUES(32,971906978413,3,1792601621000,'{"role":"nodal_officer","staff":1000,"department":"AGRI","office":null}','{"forwarded":{"office":231}}',NULL,X'A68A4BC7308F4E3464852051A313A27BE676CD6745CDB451A3B04EA6F1B210A8');
INSERT INTO "event" VALUES(33,971906978413,4,1792747630000,'{"role":"office_officer","staff":10231,"department":"AGRI","office":231}','{"contact_recorded":{"means":"phone"}}',X'B03D5E6D71FD6420F0C8DE73F42443A93D2F5704673D4460EDF84F4EC67314DC',X'64FD9922F99D1947740D848C242C963EBBE752178C46D5DE8905E0D2B0982A5E');
INSERT INTO "event" VALUES(34,971906978413,5,1793054237000,'{"role":"office_officer","staff":10231,"department":"AGRI","office":231}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'6517505FA7E74A291BC2BD3038E0ABD4CE7CBCCF3153A4C467DE70EAD19EA0BB',X'B8B77DBAF41628739C612AA1238E63CF0D85FACC02EC1233C4656D125D01E45F');
INSERT INTO "event" VALUES(35,971906978413,6,1793133497000,'{"role":"nodal_officer","staff":1000,"department":"AGRI","office":null}','"atr_accepted"',NULL,X'9EFBA31066926F1BDC8E11FC43883C308009A8FB1E926622E10217385B80E585');
INSERT INTO "event" VALUES(36,971906978413,7,1793133497000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'C0E57B2166892CF88032A3F49CCF54299CE6DA3DF5127CE9ECA029AEDCEEB5A1');
INSERT INTO "event" VALUES(37,971906978413,8,1793197840000,'{"role":"verification_caller","staff":5,"department":null,"office":null}','{"call_recorded":{"outcome":"confirmed","call_id":"","closes":false}}',NULL,X'B28B7131B272FB746CE5941718FE61FC18757FCC51CCC37699AA5B4327769961');
INSERT INTO "event" VALUES(38,143539493798,1,1793509231000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"lodged":{"reference":"143539493798","citizen":6644301831369918488,"number_verified":true,"channel":"letter","language":"bn","gender":"man","category":"water.tubewell","district":318,"place":250230,"urban":true,"lane":"ordinary","photos":[],"rules_version":1}}',X'AA309DFD8BF745B2614E15FC199D2A15F19CFF01A9AAE3FDB5CA6E185414FAC1',X'32E8E63DD2B1B676A23A777443DBDDA279E50F1A3CFEF2C305271B480E65780C');
INSERT INTO "event" VALUES(39,143539493798,2,1793524151000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"categorised":{"category":"water.tubewell","department":"UDMA","lane":"ordinary","district":null,"place":null,"shielded":false,"complained_of":null}}',NULL,X'BF0AE2865CE0B3E6B73233585B594F6466AE901195CCCB8E1ABEEBF3B9ADCB7C');
INSERT INTO "event" VALUES(40,143539493798,3,1793554537000,'{"role":"nodal_officer","staff":1050,"department":"UDMA","office":null}','{"forwarded":{"office":2831}}',NULL,X'F1E7C536C74A97058D65D64484E5A2F438887601A0F7FBD27E242DA3FB86D63E');
INSERT INTO "event" VALUES(41,143539493798,4,1793582741000,'{"role":"office_officer","staff":12831,"department":"UDMA","office":2831}','{"contact_recorded":{"means":"phone"}}',X'E264348BFCE58D4B213BD4CE876C917C487B1E77EC56CFADFEA9758DFC2D3070',X'F694D104B526D5A3EF008777679DF38AE55C1886DAA3263B73AA106AD40360F1');
INSERT INTO "event" VALUES(42,143539493798,5,1793766647000,'{"role":"office_officer","staff":12831,"department":"UDMA","office":2831}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'9D71734E2C74558F6EAD0A8C11E7647BF377766AA5451B566AC92EA4F7DBB5E0',X'E38C7A87D6587DE857E2FFDB732241657ED9257F2F0894701AEE39B970E1AB9B');
INSERT INTO "event" VALUES(43,143539493798,6,1793850174000,'{"role":"nodal_officer","staff":1050,"department":"UDMA","office":null}','"atr_accepted"',NULL,X'4A50FD0028F060A3A990480AEB2D9C4314816CDED7A37D2B707B01E81462E753');
INSERT INTO "event" VALUES(44,143539493798,7,1793850174000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'FC12A1B88FE06BABD545C24575EA81DFD5A4896E741D3830EEB1A6D666B243A1');
INSERT INTO "event" VALUES(45,143539493798,8,1793902147000,'{"role":"verification_caller","staff":5,"department":null,"office":null}','{"call_recorded":{"outcome":"disputed","call_id":"","closes":false}}',NULL,X'CDFBF4B0E6FADBB140AC443A0A2211E1360ACAA842349624ED0911B8234C142D');
INSERT INTO "event" VALUES(46,143539493798,9,1793922841000,'{"role":"nodal_officer","staff":1050,"department":"UDMA","office":null}','{"forwarded":{"office":2831}}',NULL,X'306CEAF688FA283D33BFE5679D5507E8C56B59B64F039836DCDBF9F5E8B3361F');
INSERT INTO "event" VALUES(47,143539493798,10,1793963885000,'{"role":"office_officer","staff":12831,"department":"UDMA","office":2831}','{"contact_recorded":{"means":"phone"}}',X'51C176D6E4DBB168B55197DC95516E462BE10FDAC5E9862A03546A1FA98F39FD',X'964FC88786B739543E00DF647F7B8D13731D8D45B028AEF36CB43BB1EED04EFD');
INSERT INTO "event" VALUES(48,143539493798,11,1794136897000,'{"role":"office_officer","staff":12831,"department":"UDMA","office":2831}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'350FCF420B79DE2DA798B0018BA0EAAF489936F0761A3F9A18D96FC831E47A38',X'646D6DCEF87E4E8377F7D216C78883BA0AB19C76CC8D0A6F8D7B6CF6F1C0391B');
INSERT INTO "event" VALUES(49,143539493798,12,1794214639000,'{"role":"nodal_officer","staff":1050,"department":"UDMA","office":null}','"atr_accepted"',NULL,X'D4DC1FC3A92F9954971D45CDD253725248ED05C5FC9C22F833E09B7C4ADF5F70');
INSERT INTO "event" VALUES(50,143539493798,13,1794214639000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'FAB138F918E0378B6FA366625078E7B00D7ED984A8DCF7857B742C31D974DAB5');
INSERT INTO "event" VALUES(51,143539493798,14,1794311871000,'{"role":"field_validator","staff":2017,"department":null,"office":null}','{"visit_recorded":{"finding":"done_citizen_agrees","position":null,"photos":[]}}',X'67356EBD219FB3785EEF9A255D4652C0026AA524633ACC984A3A3AFE0E4B5359',X'32593E83CF5D43E90E554FCFA8A253B1858582369E60C9396E4BCCB0F9C0C3C0');
INSERT INTO "event" VALUES(52,208675449813,1,1794465751000,'{"role":"tele_caller","staff":2,"department":null,"office":null}','{"lodged":{"reference":"208675449813","citizen":5291124497459782302,"number_verified":false,"channel":"call","language":"bn","gender":"woman","category":"women.lakshmir","district":318,"place":2977,"urban":false,"lane":"ordinary","photos":[],"rules_version":1}}',X'9E69626D63E5DA972DD94F69C5C2B5AB3BEAE51DB57B38426DCEAF2694B78290',X'1BDD9968FCCC19E82993CCEAD5167F5CE905CB4B828C4B25B0087B4FEB9F5429');
INSERT INTO "event" VALUES(53,208675449813,2,1794486993000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"categorised":{"category":"women.lakshmir","department":"WCDSW","lane":"ordinary","district":null,"place":null,"shielded":false,"complained_of":null}}',NULL,X'3BEB553155B52B83C31D5DE915F58EB715D908E0D2D64D5A3A67C544322122AB');
INSERT INTO "event" VALUES(54,208675449813,3,1794524018000,'{"role":"nodal_officer","staff":1052,"department":"WCDSW","office":null}','{"forwarded":{"office":3074}}',NULL,X'4E51FA9A2349ABC38BC564C68087D0CAE0088813AD4FEA89AFE74F03B6BBFBB5');
INSERT INTO "event" VALUES(55,208675449813,4,1794612105000,'{"role":"office_officer","staff":13074,"department":"WCDSW","office":3074}','{"contact_recorded":{"means":"phone"}}',X'07FF7427CA3D8748D4260BC19D455700947B161EC91397162652A68B1811F2AC',X'77938F27B713411D5A8F486BD219DEA17C3DDE7BC0634EA5007E421691D3B802');
INSERT INTO "event" VALUES(56,9205498887,1,1794744496000,'{"role":"tele_caller","staff":2,"department":null,"office":null}','{"lodged":{"reference":"009205498887","citizen":1939165281522624046,"number_verified":true,"channel":"call","language":"bn","gender":"man","category":"disaster.shelter","district":303,"place":2734,"urban":false,"lane":"emergency24","photos":[],"rules_version":1}}',X'9E55D86BE1172DE28B9977BA45E57981932954ADDBF94C0B98F7EE9A6D6F311D',X'5D9BC8801B66572C9D19FE51BD6AB4FE7F961713156195282EAAE6DC43C76ABF');
INSERT INTO "event" VALUES(57,9205498887,2,1794745980000,'{"role":"operational_analyst","staff":4,"department":null,"office":null}','{"categorised":{"category":"disaster.shelter","department":"DMCD","lane":"emergency24","district":null,"place":null,"shielded":false,"complained_of":null}}',NULL,X'80BBDB7124B1126F08A240188AED9A3F60CC5FB656265280605E063861BA4CE4');
INSERT INTO "event" VALUES(58,9205498887,3,1794748275000,'{"role":"nodal_officer","staff":1008,"department":"DMCD","office":null}','{"forwarded":{"office":408}}',NULL,X'D60054B2D34FB861EE067042CA2C2674599E7056D076EC5E693B5DD68C3F5489');
INSERT INTO "event" VALUES(59,9205498887,4,1794754413000,'{"role":"office_officer","staff":10408,"department":"DMCD","office":408}','{"contact_recorded":{"means":"phone"}}',X'08C1714CFB617D8D5B128EB9633E892875AB4AC3ADE628D1ACFC8B8470AA5095',X'F1FF22C7BFE42EE47463560FA851E037CC208333C0935A27126B2CDAA431C433');
INSERT INTO "event" VALUES(60,9205498887,5,1794761454000,'{"role":"office_officer","staff":10408,"department":"DMCD","office":408}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'75CBC73E6E4CBBFA07F27F16D092665EB6423ECB8791010F6A7482F7C21CFCC4',X'A4BEAADF5AB19FCABFDA0F8CC41B7A97A05572A0E195DA7B45A8FE8CFACC5B76');
INSERT INTO "event" VALUES(61,9205498887,6,1794765502000,'{"role":"nodal_officer","staff":1008,"department":"DMCD","office":null}','"atr_accepted"',NULL,X'A7F7FE0061DE41D02ACEFDA6374D1834D54D99B6892E17D3BB7328C891922175');
INSERT INTO "event" VALUES(62,9205498887,7,1794765502000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'793B00A8E4AD855303CC409EAA7CF2DED691DA492085D9B1300E5C509B91310C');
INSERT INTO "event" VALUES(63,9205498887,8,1794771724000,'{"role":"field_validator","staff":2015,"department":null,"office":null}','{"visit_recorded":{"finding":"done_citizen_agrees","position":null,"photos":[]}}',X'469A783FA92D98A557C4D8CAFFA1E0E97121C4CB6EA284403A10995F779E6B75',X'9E5B87207360E8BBCA51A0E1ADBD41844765CE0DA0E97124AA3A474AFCDDE2EB');
INSERT INTO "event" VALUES(64,208675449813,5,1794903011000,'{"role":"office_officer","staff":13074,"department":"WCDSW","office":3074}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'CE630B6AB9FF8F0B9E9444FF08B7F454EC791A14DB54C2F0F1D334A0C23C96B2',X'0F30F1B8FB615E36C0315A15B691F0E40CB606C4071A8E0436AAF0423B7BF62A');
INSERT INTO "event" VALUES(65,208675449813,6,1794969933000,'{"role":"nodal_officer","staff":1052,"department":"WCDSW","office":null}','"atr_accepted"',NULL,X'18F19DC3D6A151612BD44B3745521298CA5ADCC2751808596C00C428E44B85C3');
INSERT INTO "event" VALUES(66,208675449813,7,1794969933000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'363B0192CCD672BE8812E73AB425C8789E5FFEA86986F888F19670A226ED1364');
INSERT INTO "event" VALUES(67,208675449813,8,1794993760000,'{"role":"field_validator","staff":2017,"department":null,"office":null}','{"visit_recorded":{"finding":"not_done","position":null,"photos":[]}}',X'BD237B6C7059D2610CA2F9C5243914C0F83D8EE6161F3B9B4458537EB8C058B2',X'B8AE00D6606AE091068E252E451648878824A0DAEC2A83508688291932A9752B');
INSERT INTO "event" VALUES(68,208675449813,9,1795024823000,'{"role":"nodal_officer","staff":1052,"department":"WCDSW","office":null}','{"forwarded":{"office":3079}}',NULL,X'DDE3FB0EAFE0E2246526D16B0687EBEBB0A390C061119FA5193602C804B3B130');
INSERT INTO "event" VALUES(69,208675449813,10,1795165042000,'{"role":"office_officer","staff":13079,"department":"WCDSW","office":3079}','{"contact_recorded":{"means":"phone"}}',X'CD8373AD029B59217C2B5178D65F4BFB491FD3FB021B649CBFA2F443F3D53B87',X'0A1A3E7CE0621FDA0D6848C15C12FF57BA2529916339B326A57CD82994E47119');
INSERT INTO "event" VALUES(70,208675449813,11,1795288008000,'{"role":"office_officer","staff":13079,"department":"WCDSW","office":3079}','{"atr_submitted":{"outcome":"done","findings":["no_photo"],"photos":[],"own":false}}',X'D78D1814DAEF94782F993F3C433C2F19853F293F608382D32799297B8ECC20DE',X'697CCD8AF71149D76563E566BA18BA60AE912D70E2F075081073CD6381AB7699');
INSERT INTO "event" VALUES(71,208675449813,12,1795325188000,'{"role":"nodal_officer","staff":1052,"department":"WCDSW","office":null}','"atr_accepted"',NULL,X'6051661B96F1E2A396618E3E6AB089B61B00E3306F810A3EECD1409EB3CE259B');
INSERT INTO "event" VALUES(72,208675449813,13,1795325188000,'{"role":"system","staff":null,"department":null,"office":null}','{"visit_ordered":{"chance_per_mille":1000}}',NULL,X'359A17C3CE921455F1DA29ED1BA0F31781AA2EB8EC32609AAA3294F3F3B423F9');
INSERT INTO "event" VALUES(73,208675449813,14,1795344057000,'{"role":"field_validator","staff":2017,"department":null,"office":null}','{"visit_recorded":{"finding":"done_citizen_agrees","position":null,"photos":[]}}',X'7D1AB5DF3FAE3C5301C5E02DF83471AF6E4FCDCC5C06FDE6DAC87A1B7BA19784',X'C18BD8F2E7758BF321CFA844DC6AD75B4D179878A51114D48E2A686A2C9F9E31');
CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "fact" VALUES('view',X'01');
CREATE TABLE grievance (
    lodged_seq         INTEGER PRIMARY KEY, -- new rows stand together: references are drawn at random
    reference          INTEGER NOT NULL UNIQUE,
    version            INTEGER NOT NULL,
    stage              TEXT    NOT NULL,
    lane               TEXT    NOT NULL,
    citizen            INTEGER NOT NULL,
    district           INTEGER,
    place              INTEGER,
    category           TEXT,
    department         TEXT,
    office             INTEGER,
    offered_department TEXT,
    offered_office     INTEGER,
    root               INTEGER,
    visit_due          INTEGER NOT NULL,
    disputes           INTEGER NOT NULL,
    lodged_at          INTEGER NOT NULL,
    stage_since        INTEGER NOT NULL,
    due                INTEGER NOT NULL,   -- 9000000000000000 where there is none
    next_deadline      INTEGER,
    state              TEXT    NOT NULL    -- the whole case, JSON
) STRICT;
INSERT INTO "grievance" VALUES(1,143242096737,21,'redressed','ordinary',4532558613910179174,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1785219161000,1786484830000,9000000000000000,NULL,'{}');
INSERT INTO "grievance" VALUES(22,326039242009,8,'redressed','ordinary',381867626982970765,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1790578784000,1791036937000,9000000000000000,NULL,'{}');
INSERT INTO "grievance" VALUES(30,971906978413,8,'redressed','ordinary',201459320897711049,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1792559711000,1793197840000,9000000000000000,NULL,'{}');
INSERT INTO "grievance" VALUES(38,143539493798,14,'redressed','ordinary',6644301831369918488,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1793509231000,1794311871000,9000000000000000,NULL,'{}');
INSERT INTO "grievance" VALUES(52,208675449813,14,'redressed','ordinary',5291124497459782302,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1794465751000,1795344057000,9000000000000000,NULL,'{}');
INSERT INTO "grievance" VALUES(56,9205498887,8,'redressed','ordinary',1939165281522624046,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1794744496000,1794771724000,9000000000000000,NULL,'{}');
CREATE TABLE idempotency (
    key         BLOB    NOT NULL UNIQUE,
    fingerprint BLOB    NOT NULL,
    response    TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
INSERT INTO "idempotency" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101',X'0202020202020202020202020202020202020202020202020202020202020202','{}',1795900000000);
CREATE TABLE ledger_head (
    seq       INTEGER PRIMARY KEY,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    signature BLOB    NOT NULL
, chains TEXT) STRICT;
INSERT INTO "ledger_head" VALUES(73,X'C18BD8F2E7758BF321CFA844DC6AD75B4D179878A51114D48E2A686A2C9F9E31',1795900000000,X'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B','{"readings": [2, "08224604e10655b0a7c83ce873b132d533e84dab449290e97b3268aeb04e2ccd"], "records": [61, "1205a26e07d78f0b0a4fea9d674e76737682ad4623c6fc2b1b074a6d5ea0afcf"], "signature": "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"}');
CREATE TABLE office (
    id         INTEGER PRIMARY KEY,
    department TEXT NOT NULL,
    district   INTEGER,
    name_en    TEXT NOT NULL,
    name_bn    TEXT NOT NULL
) STRICT;
INSERT INTO "office" VALUES(1,'AGRI',664,'Alipurduar, Agriculture','আলিপুরদুয়ার, কৃষি');
INSERT INTO "office" VALUES(2,'AGRI',664,'Alipurduar-I, Agriculture','আলিপুরদুয়ার-১, কৃষি');
INSERT INTO "office" VALUES(3,'AGRI',664,'Alipurduar-II, Agriculture','আলিপুরদুয়ার-২, কৃষি');
CREATE TABLE "outbox" (
    id            INTEGER PRIMARY KEY,
    reference     INTEGER,
    recipient     TEXT    NOT NULL,
    template      TEXT    NOT NULL,
    registered_id TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    body          TEXT    NOT NULL,
    state         TEXT    NOT NULL DEFAULT 'pending'
                  CHECK (state IN ('pending', 'sent', 'dead', 'expired', 'recalled', 'silenced')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try      INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    sent          INTEGER,
    error         TEXT,
    cause         TEXT    UNIQUE,
    priority      INTEGER NOT NULL DEFAULT 1,  -- 0: a code, sent before and beside all others
    expires       INTEGER                      -- after which it would be of no use
) STRICT;
INSERT INTO "outbox" VALUES(1,143242096737,'6726551818','lodged','1107170000000000010','bn','অভিযোগ 1432 4209 6737 জমা হয়েছে। ৩ আগস্ট-এর মধ্যে জানাব। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1785219161000,1785219161000,1785219161000,NULL,'1 6726551818 lodged',1,NULL);
INSERT INTO "outbox" VALUES(2,143242096737,'6726551818','with_department','1107170000000000030','bn','অভিযোগ 1432 4209 6737 এখন স্বরাষ্ট্র ও পার্বত্য দপ্তরে। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1785224115000,1785224115000,1785224115000,NULL,'2 6726551818 with_department',1,NULL);
INSERT INTO "outbox" VALUES(3,143242096737,'6726551818','with_department','1107170000000000030','bn','অভিযোগ 1432 4209 6737 এখন স্বরাষ্ট্র ও পার্বত্য দপ্তরে। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1785250614000,1785250614000,1785250614000,NULL,'3 6726551818 with_department',1,NULL);
INSERT INTO "outbox" VALUES(4,143242096737,'6726551818','reported','1107170000000000050','bn','অভিযোগ 1432 4209 6737: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 1, না হলে 2 পাঠান। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1785579147000,1785579147000,1785579147000,NULL,'7 6726551818 reported',1,NULL);
INSERT INTO "outbox" VALUES(5,143242096737,'6726551818','sent_back','1107170000000000060','bn','অভিযোগ 1432 4209 6737: কাজ হয়নি, তাই আবার দপ্তরে পাঠানো হল। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1785654027000,1785654027000,1785654027000,NULL,'8 6726551818 sent_back',1,NULL);
INSERT INTO "outbox" VALUES(6,143242096737,'6726551818','with_department','1107170000000000030','bn','অভিযোগ 1432 4209 6737 এখন স্বরাষ্ট্র ও পার্বত্য দপ্তরে। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1785664782000,1785664782000,1785664782000,NULL,'9 6726551818 with_department',1,NULL);
INSERT INTO "outbox" VALUES(7,143242096737,'6726551818','reported','1107170000000000050','bn','অভিযোগ 1432 4209 6737: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 3, না হলে 4 পাঠান। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1786111129000,1786111129000,1786111129000,NULL,'13 6726551818 reported',1,NULL);
INSERT INTO "outbox" VALUES(8,143242096737,'6726551818','sent_back','1107170000000000060','bn','অভিযোগ 1432 4209 6737: কাজ হয়নি, তাই আবার দপ্তরে পাঠানো হল। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1786131558000,1786131558000,1786131558000,NULL,'14 6726551818 sent_back',1,NULL);
INSERT INTO "outbox" VALUES(9,143242096737,'6726551818','with_department','1107170000000000030','bn','অভিযোগ 1432 4209 6737 এখন স্বরাষ্ট্র ও পার্বত্য দপ্তরে। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1786140537000,1786140537000,1786140537000,NULL,'15 6726551818 with_department',1,NULL);
INSERT INTO "outbox" VALUES(10,NULL,'7000001018','overdue','1107170000000000160','bn','অভিযোগ 1432 4209 6737-এর সময়সীমা পেরিয়েছে। আজই ব্যবস্থা নিন। প্রতিকার','sent',1,1786386599000,1786386599000,1786386599000,NULL,'18 7000001018 overdue',1,NULL);
INSERT INTO "outbox" VALUES(11,143242096737,'6726551818','reported','1107170000000000050','bn','অভিযোগ 1432 4209 6737: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 5, না হলে 6 পাঠান। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1786416683000,1786416683000,1786416683000,NULL,'20 6726551818 reported',1,NULL);
INSERT INTO "outbox" VALUES(12,143242096737,'6726551818','redressed','1107170000000000070','bn','অভিযোগ 1432 4209 6737: জানা গেছে, কাজ হয়েছে। কাজ না হলে ৩০ দিনের মধ্যে জানান। প্রতিকার pratikar.example/l/IVnk8GHsLbr6fDg2','sent',1,1786484830000,1786484830000,1786484830000,NULL,'21 6726551818 redressed',1,NULL);
INSERT INTO "outbox" VALUES(13,326039242009,'6301433518','lodged','1107170000000000010','bn','অভিযোগ 3260 3924 2009 জমা হয়েছে। ১০ অক্টোবর-এর মধ্যে জানাব। প্রতিকার pratikar.example/l/S-l0BRk3ytPgXc_h','sent',1,1790578784000,1790578784000,1790578784000,NULL,'22 6301433518 lodged',1,NULL);
INSERT INTO "outbox" VALUES(14,326039242009,'6301433518','with_department','1107170000000000030','bn','অভিযোগ 3260 3924 2009 এখন পঞ্চায়েত ও গ্রামোন্নয়ন দপ্তরে। প্রতিকার pratikar.example/l/S-l0BRk3ytPgXc_h','sent',1,1790594448000,1790594448000,1790594448000,NULL,'23 6301433518 with_department',1,NULL);
INSERT INTO "outbox" VALUES(15,326039242009,'6301433518','with_office','1107170000000000040','bn','অভিযোগ 3260 3924 2009 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/S-l0BRk3ytPgXc_h','sent',1,1790630126000,1790630126000,1790630126000,NULL,'24 6301433518 with_office',1,NULL);
INSERT INTO "outbox" VALUES(16,326039242009,'6301433518','reported','1107170000000000050','bn','অভিযোগ 3260 3924 2009: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 1, না হলে 2 পাঠান। প্রতিকার pratikar.example/l/S-l0BRk3ytPgXc_h','sent',1,1790945869000,1790945869000,1790945869000,NULL,'28 6301433518 reported',1,NULL);
INSERT INTO "outbox" VALUES(17,326039242009,'6301433518','redressed','1107170000000000070','bn','অভিযোগ 3260 3924 2009: জানা গেছে, কাজ হয়েছে। কাজ না হলে ৩০ দিনের মধ্যে জানান। প্রতিকার pratikar.example/l/S-l0BRk3ytPgXc_h','sent',1,1791036937000,1791036937000,1791036937000,NULL,'29 6301433518 redressed',1,NULL);
INSERT INTO "outbox" VALUES(18,971906978413,'6260354157','lodged','1107170000000000010','bn','অভিযোগ 9719 0697 8413 জমা হয়েছে। ২৭ অক্টোবর-এর মধ্যে জানাব। প্রতিকার pratikar.example/l/4korkm2Q-x8T-st_x','sent',1,1792559711000,1792559711000,1792559711000,NULL,'30 6260354157 lodged',1,NULL);
INSERT INTO "outbox" VALUES(19,971906978413,'6260354157','with_department','1107170000000000030','bn','অভিযোগ 9719 0697 8413 এখন কৃষি দপ্তরে। প্রতিকার pratikar.example/l/4korkm2Q-x8T-st_x','sent',1,1792566338000,1792566338000,1792566338000,NULL,'31 6260354157 with_department',1,NULL);
INSERT INTO "outbox" VALUES(20,971906978413,'6260354157','with_office','1107170000000000040','bn','অভিযোগ 9719 0697 8413 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/4korkm2Q-x8T-st_x','sent',1,1792601621000,1792601621000,1792601621000,NULL,'32 6260354157 with_office',1,NULL);
INSERT INTO "outbox" VALUES(21,971906978413,'6260354157','reported','1107170000000000050','bn','অভিযোগ 9719 0697 8413: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 1, না হলে 2 পাঠান। প্রতিকার pratikar.example/l/4korkm2Q-x8T-st_x','sent',1,1793133497000,1793133497000,1793133497000,NULL,'36 6260354157 reported',1,NULL);
INSERT INTO "outbox" VALUES(22,971906978413,'6260354157','redressed','1107170000000000070','bn','অভিযোগ 9719 0697 8413: জানা গেছে, কাজ হয়েছে। কাজ না হলে ৩০ দিনের মধ্যে জানান। প্রতিকার pratikar.example/l/4korkm2Q-x8T-st_x','sent',1,1793197840000,1793197840000,1793197840000,NULL,'37 6260354157 redressed',1,NULL);
INSERT INTO "outbox" VALUES(23,143539493798,'6741776938','lodged','1107170000000000010','bn','অভিযোগ 1435 3949 3798 জমা হয়েছে। ৬ নভেম্বর-এর মধ্যে জানাব। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1793509231000,1793509231000,1793509231000,NULL,'38 6741776938 lodged',1,NULL);
INSERT INTO "outbox" VALUES(24,143539493798,'6741776938','with_department','1107170000000000030','bn','অভিযোগ 1435 3949 3798 এখন পুর ও নগরোন্নয়ন দপ্তরে। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1793524151000,1793524151000,1793524151000,NULL,'39 6741776938 with_department',1,NULL);
INSERT INTO "outbox" VALUES(25,143539493798,'6741776938','with_office','1107170000000000040','bn','অভিযোগ 1435 3949 3798 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1793554537000,1793554537000,1793554537000,NULL,'40 6741776938 with_office',1,NULL);
INSERT INTO "outbox" VALUES(26,143539493798,'6741776938','reported','1107170000000000050','bn','অভিযোগ 1435 3949 3798: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 1, না হলে 2 পাঠান। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1793850174000,1793850174000,1793850174000,NULL,'44 6741776938 reported',1,NULL);
INSERT INTO "outbox" VALUES(27,143539493798,'6741776938','sent_back','1107170000000000060','bn','অভিযোগ 1435 3949 3798: কাজ হয়নি, তাই আবার দপ্তরে পাঠানো হল। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1793902147000,1793902147000,1793902147000,NULL,'45 6741776938 sent_back',1,NULL);
INSERT INTO "outbox" VALUES(28,143539493798,'6741776938','with_office','1107170000000000040','bn','অভিযোগ 1435 3949 3798 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1793922841000,1793922841000,1793922841000,NULL,'46 6741776938 with_office',1,NULL);
INSERT INTO "outbox" VALUES(29,143539493798,'6741776938','reported','1107170000000000050','bn','অভিযোগ 1435 3949 3798: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 3, না হলে 4 পাঠান। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1794214639000,1794214639000,1794214639000,NULL,'50 6741776938 reported',1,NULL);
INSERT INTO "outbox" VALUES(30,143539493798,'6741776938','redressed','1107170000000000070','bn','অভিযোগ 1435 3949 3798: জানা গেছে, কাজ হয়েছে। কাজ না হলে ৩০ দিনের মধ্যে জানান। প্রতিকার pratikar.example/l/IWue26YQ4tFlGdhd','sent',1,1794311871000,1794311871000,1794311871000,NULL,'51 6741776938 redressed',1,NULL);
INSERT INTO "outbox" VALUES(31,208675449813,'6700221736','lodged','1107170000000000010','bn','অভিযোগ 2086 7544 9813 জমা হয়েছে। ২০ নভেম্বর-এর মধ্যে জানাব। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1794465751000,1794465751000,1794465751000,NULL,'52 6700221736 lodged',1,NULL);
INSERT INTO "outbox" VALUES(32,208675449813,'6700221736','with_department','1107170000000000030','bn','অভিযোগ 2086 7544 9813 এখন নারী ও শিশু উন্নয়ন দপ্তরে। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1794486993000,1794486993000,1794486993000,NULL,'53 6700221736 with_department',1,NULL);
INSERT INTO "outbox" VALUES(33,208675449813,'6700221736','with_office','1107170000000000040','bn','অভিযোগ 2086 7544 9813 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1794524018000,1794524018000,1794524018000,NULL,'54 6700221736 with_office',1,NULL);
INSERT INTO "outbox" VALUES(34,9205498887,'6884493529','lodged','1107170000000000010','bn','অভিযোগ 0092 0549 8887 জমা হয়েছে। ১৬ নভেম্বর বিকেল ৫টা ৩৮-এর মধ্যে জানাব। প্রতিকার pratikar.example/l/AiSwxAcYAiER8EdW','sent',1,1794744496000,1794744496000,1794744496000,NULL,'56 6884493529 lodged',1,NULL);
INSERT INTO "outbox" VALUES(35,9205498887,'6884493529','with_department','1107170000000000030','bn','অভিযোগ 0092 0549 8887 এখন বিপর্যয় মোকাবিলা দপ্তরে। প্রতিকার pratikar.example/l/AiSwxAcYAiER8EdW','sent',1,1794745980000,1794745980000,1794745980000,NULL,'57 6884493529 with_department',1,NULL);
INSERT INTO "outbox" VALUES(36,9205498887,'6884493529','with_office','1107170000000000040','bn','অভিযোগ 0092 0549 8887 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/AiSwxAcYAiER8EdW','sent',1,1794748275000,1794748275000,1794748275000,NULL,'58 6884493529 with_office',1,NULL);
INSERT INTO "outbox" VALUES(37,9205498887,'6884493529','reported','1107170000000000050','bn','অভিযোগ 0092 0549 8887: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 1, না হলে 2 পাঠান। প্রতিকার pratikar.example/l/AiSwxAcYAiER8EdW','sent',1,1794765502000,1794765502000,1794765502000,NULL,'62 6884493529 reported',1,NULL);
INSERT INTO "outbox" VALUES(38,9205498887,'6884493529','redressed','1107170000000000070','bn','অভিযোগ 0092 0549 8887: জানা গেছে, কাজ হয়েছে। কাজ না হলে ৩০ দিনের মধ্যে জানান। প্রতিকার pratikar.example/l/AiSwxAcYAiER8EdW','sent',1,1794771724000,1794771724000,1794771724000,NULL,'63 6884493529 redressed',1,NULL);
INSERT INTO "outbox" VALUES(39,208675449813,'6700221736','reported','1107170000000000050','bn','অভিযোগ 2086 7544 9813: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 1, না হলে 2 পাঠান। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1794969933000,1794969933000,1794969933000,NULL,'66 6700221736 reported',1,NULL);
INSERT INTO "outbox" VALUES(40,208675449813,'6700221736','sent_back','1107170000000000060','bn','অভিযোগ 2086 7544 9813: কাজ হয়নি, তাই আবার দপ্তরে পাঠানো হল। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1794993760000,1794993760000,1794993760000,NULL,'67 6700221736 sent_back',1,NULL);
INSERT INTO "outbox" VALUES(41,208675449813,'6700221736','with_office','1107170000000000040','bn','অভিযোগ 2086 7544 9813 কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1795024823000,1795024823000,1795024823000,NULL,'68 6700221736 with_office',1,NULL);
INSERT INTO "outbox" VALUES(42,208675449813,'6700221736','reported','1107170000000000050','bn','অভিযোগ 2086 7544 9813: দপ্তর বলছে কাজ হয়েছে। হয়েছে? হ্যাঁ হলে 3, না হলে 4 পাঠান। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1795325188000,1795325188000,1795325188000,NULL,'72 6700221736 reported',1,NULL);
INSERT INTO "outbox" VALUES(43,208675449813,'6700221736','redressed','1107170000000000070','bn','অভিযোগ 2086 7544 9813: জানা গেছে, কাজ হয়েছে। কাজ না হলে ৩০ দিনের মধ্যে জানান। প্রতিকার pratikar.example/l/MJYGq9Vok4b84bwx','sent',1,1795344057000,1795344057000,1795344057000,NULL,'73 6700221736 redressed',1,NULL);
INSERT INTO "outbox" VALUES(44,143242096737,'6726551818','redressed','1107170000000000070','bn','অভিযোগ: কাজ হয়েছে।','pending',0,1795900000005,1795900000001,NULL,NULL,'73 6726551818 redressed',1,NULL);
INSERT INTO "outbox" VALUES(45,143242096737,'6726551818','reminded','1107170000000000010','bn','অভিযোগ জমা। a.example/l/…','dead',16,1795900000005,1795900000002,NULL,'the gateway has refused it','1 6726551818 reminded',1,NULL);
INSERT INTO "outbox" VALUES(46,NULL,'9830012345','code','1107170000000000001','en','','expired',1,1795900000005,1795900000003,NULL,NULL,NULL,0,1795900600000);
INSERT INTO "outbox" VALUES(47,NULL,'9830012345','code','1107170000000000001','en','123456 is your Pratikar code.','sent',1,1795900000005,1795900000004,1795900000900,NULL,NULL,0,1795900600000);
INSERT INTO "outbox" VALUES(48,143242096737,'6726551818','unmerged','1107170000000000110','bn','অভিযোগ আলাদা।','silenced',0,1795900000005,1795900000005,NULL,NULL,NULL,1,NULL);
INSERT INTO "outbox" VALUES(49,143242096737,'6726551818','asked','1107170000000000021','en','We need one thing from you.','recalled',0,1795900000005,1795900000006,NULL,NULL,'2 6726551818 asked',1,NULL);
CREATE TABLE person (
    id          INTEGER PRIMARY KEY,
    mobile      TEXT NOT NULL,             -- the number is a keyed hash of it: one row for each
    verified_at INTEGER
) STRICT;
INSERT INTO "person" VALUES(201459320897711049,'6260354157',NULL);
INSERT INTO "person" VALUES(381867626982970765,'6301433518',NULL);
INSERT INTO "person" VALUES(1939165281522624046,'6884493529',NULL);
INSERT INTO "person" VALUES(4532558613910179174,'6726551818',1795900000000);
INSERT INTO "person" VALUES(5291124497459782302,'6700221736',NULL);
INSERT INTO "person" VALUES(6644301831369918488,'6741776938',NULL);
CREATE TABLE reading (
    seq        INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,           -- milliseconds since 1970, UTC
    staff      INTEGER,
    role       TEXT    NOT NULL,
    department TEXT,
    what       TEXT    NOT NULL,           -- case, number, call, caller, photo, voice, list, figures
    reference  INTEGER,                    -- of one case
    person     INTEGER,                    -- of a number that was looked up
    cases      INTEGER NOT NULL,           -- how many were shown
    reason     TEXT,                       -- of a number that was shown whole
    hash       BLOB    NOT NULL
) STRICT;
INSERT INTO "reading" VALUES(1,1795900000000,2,'telecaller',NULL,'case',143242096737,NULL,1,NULL,X'C9AEEB4D2201CF6206E06078AB9FA28B0DC54F5A6005455EC0F16061127CCC6E');
INSERT INTO "reading" VALUES(2,1795900000001,3,'nodal_officer','FS','number',143242096737,NULL,1,'ফোন',X'08224604E10655B0A7C83CE873B132D533E84DAB449290E97B3268AEB04E2CCD');
CREATE TABLE record (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,              -- milliseconds since 1970, UTC
    kind    TEXT    NOT NULL,
    subject TEXT    NOT NULL,              -- key of the row
    digest  BLOB,                          -- SHA-256 of the row; none where it was removed
    hash    BLOB    NOT NULL
) STRICT;
INSERT INTO "record" VALUES(1,1795900000000,'office','1',X'E26B62DF8796B14976113B19DF4D27BED7931455BA0280914C1D5FBFEE946337',X'B19270D804E91F05E5D9388DC81209E9E63741B0E758F820EF3AD10117AD8971');
INSERT INTO "record" VALUES(2,1795900000000,'office','2',X'F48FFD2EA5B3962D47C927D348D9A083A27E301055A8AEC7C3E3311F7071C3BD',X'E012B462C7218DF832E43C3EED9D1C3E989F3D71DAA5FCC79DB7CCD74906BF19');
INSERT INTO "record" VALUES(3,1795900000000,'office','3',X'594BC99F665EA9E82386B544BC8E57AE84A5CC7F9FD67A052C4BBA4F3955A8E1',X'208F757A1FA559831AE622E4044597FA2C41D287567D11E2D03A19187D151FE6');
INSERT INTO "record" VALUES(4,1795900000000,'account','1',X'5197AE652B31B70AB09387168D1341436A4AA6FF25AD81F9DFBB8FB4CFBD6D7E',X'2F3CE229D3752159F6FED4343ADC4669C261ADA947B7B1FF936874921953895B');
INSERT INTO "record" VALUES(5,1795900000000,'account','2',X'C35B0BF21C44F7F8756AB48F3F6137B7DF422996B8594BE873AC196CF787B003',X'45ECF07785852127053421F1CCBF58E1E832CE1E5C5D071EA0AFDB83D097C77F');
INSERT INTO "record" VALUES(6,1795900000000,'account','3',X'D43A0471B27FEDB8662AADE7637104957D7238C518E0620B4C5650C6C2296365',X'80543FB05651D244E727B491A35522B927FB2B34C63F0B77C8C7A50E69079BAF');
INSERT INTO "record" VALUES(7,1795900000000,'account','4',X'1D95C1E536CA4543294DFFE0686F21A9093C4D0959094D697D20E69C58E2F4C0',X'70029E9C4662E83D60D3217DCCB0E9A36BBE73EA92CB78093E9B8ACEFE09F78A');
INSERT INTO "record" VALUES(8,1795900000000,'account','5',X'E0E9C6E26C4E254AC116C2D73E7EB3D51F1721026CF3F14480DA1E248AE77098',X'83EB64E4F619287FFA7F65E7D64C801CFC814DA5A977F53A480F04E8776E2990');
INSERT INTO "record" VALUES(9,1795900000000,'rules','1',X'9E3F6D99FEA24E76D8A375495D198ABBFA16AB31483F337DC0367CEBEEBBBDA5',X'2E43717CDC3DF1E6A107AC4062F98FC49B7E207DC1D36E7D43BB4788284B6522');
INSERT INTO "record" VALUES(10,1795900000000,'person','4532558613910179174',X'708FF18D54C5AC90E129051858FD51B7BBA7CD6B4C6260D30FE05C967963BE48',X'602FE577BE02B45916874A0423819C2E580C6915CB209CB29883E72C1BEB687B');
INSERT INTO "record" VALUES(11,1795900000000,'attachment','VJxPN0pEXAMPLEhQ2m0a1A',X'78C31C599FE5E7F727FE360482D9ED34BA748C58C6DA26A918FF530A775DAF16',X'8FB0E76C9B61221C06B19DE03D3BB432930175FE0D98B702C5CEF07917595C08');
INSERT INTO "record" VALUES(12,1795900000000,'message','1',X'4115029E7AE4A0953EF4E19B96B43A62B8F4FB7B8565350E1D0A8BD548931715',X'B18A70E1DC8357DAFDC14407590E27D724C03A61F4FCCA22BC20D69371DED9B0');
INSERT INTO "record" VALUES(13,1795900000000,'message','2',X'17F77287BB91536CB759E8EDB35B3B48FCE44A346232F295035FBE83913BC82A',X'D70A95C3840FB9048363060D3CAC737F27EF76840C08FECEED17D8D85C776D71');
INSERT INTO "record" VALUES(14,1795900000000,'message','3',X'F5E1F69E2B1E69417A5D6458AEA9B9BDBFD382A2691AD9153173D8D611E3FC95',X'DA5E9DB96AC21900413B0A74F6C080C48212EA7ED83F8811BD0D81CA1C25BCFB');
INSERT INTO "record" VALUES(15,1795900000000,'message','4',X'F4A31D38ACBA49982FA22E641F0C07EA120466E6F54AA863072AE2C5870C3423',X'2FAD434BE7C43A67760D3BFFE3ABC96FA47DFEAEB3D9D8513E70577954CE6472');
INSERT INTO "record" VALUES(16,1795900000000,'message','5',X'03712F13228EE0690BD3F2FC0DC74E39C68416D82D7D82B7435CFFE8BFCA1E9F',X'3D23EC105821F09C4A1497D604547C36E79DA35557B542C12DFB99A588CCC988');
INSERT INTO "record" VALUES(17,1795900000000,'message','6',X'1A458DCAF01B0AFD1C922757639ADBB344B1687C590355CF38F27CDA5F463607',X'B7FA462610514BBD0EACB4A1AB887638A1762A2D21E5DF1E9F8150C959D1EA6C');
INSERT INTO "record" VALUES(18,1795900000000,'message','7',X'F08815C2530C3129E5EBBD8DAC08AA7B1160DFBBDB6EDA3A4839E93863642BF6',X'EF9C531540E14AEFED9CCD0814BB0980F4511073AEEDC9BF12788158EE831705');
INSERT INTO "record" VALUES(19,1795900000000,'message','8',X'E6EF45CFC9E1F7A345CEE63284E44C8B9631E72106905E8883F90FA7EC1E1ADE',X'816CEC97309F4BF2C9457EC2E32E367E01B7EAE725DFB8E1C5640B23572C2983');
INSERT INTO "record" VALUES(20,1795900000000,'message','9',X'FD97FA29292B934F1D8871C73310092059613B5DDCDA5D954235E4E92DFA88E6',X'D92AC83297ABEA622F83231E92DE0EB4AD3A669644326D551D6D7FDEE2C756C8');
INSERT INTO "record" VALUES(21,1795900000000,'message','11',X'D4A2C6389C646C1AC970E68F5AC62BE66447F703678C34AEC7D5C848EA2F77A3',X'9769CA0103A43572387904ACF3169D8AE6DECCF38224ADA8CF1093611925AB88');
INSERT INTO "record" VALUES(22,1795900000000,'message','12',X'2D13C01E579EB826683AF8D229F48FD89B0FEC5F4BD403B5AD07D61C518D1AC0',X'48C7BF71DC16D77A24A50D550282A5A52E290DCFEDA58F68008E6EE02E8B2819');
INSERT INTO "record" VALUES(23,1795900000000,'message','13',X'12FA17AAFA0CA8971B398D6FFF42C1833261F6A01737A0769F241354EC778B70',X'952D9A8BDD9F4B1EF74AA25960D052F5A3D85F7C6D44CF9519B8090393A7E77E');
INSERT INTO "record" VALUES(24,1795900000000,'message','14',X'95A48ECA993FCB6F9906C5EABF1E2DA6170D1ECB4DFD12293DB9BB5FA84FA06C',X'BE5AA99D9346B7A9E1162E8D6CF0ABAEB51BA63B9CC89B2332B5796718DB5F08');
INSERT INTO "record" VALUES(25,1795900000000,'message','15',X'4BCD996CFAA349B5F4876950CA386B22BFBCC9DCDED8DAC7303005A901D5748A',X'445A9194E2D2FBB75C96C27EDC36C281FD1DDEE2F1822411CFE3AF3E6A83FA99');
INSERT INTO "record" VALUES(26,1795900000000,'message','16',X'93E3D230766C53357D9E07A8FB8D7072CAED7A8089FE17D1238A9F4CDFAAB72D',X'5B52B0CD1573C966636BF6AEFA08AE2576E6E88A70BD68A7EA48F08A6C374B11');
INSERT INTO "record" VALUES(27,1795900000000,'message','17',X'2475F42ACDABE04F34F990812C4D3EB4E79894BC25F578EA10CF6120729733BF',X'F3E1B1B23163E9CE73C9C0201C902715F187B5CE04785C5E994A2C1851BD4B52');
INSERT INTO "record" VALUES(28,1795900000000,'message','18',X'51409D1C3A257FC5284B723241BC64E1CA98865DC8BC2A7D467BA6985BF5292B',X'15B0BA1991E533DEC6EBF6986CE84FF9C4F1711E4184384D8CCF8121D85A870D');
INSERT INTO "record" VALUES(29,1795900000000,'message','19',X'744928ADFAD15A8E6C9E6E47B82377A65512246394A10EEE8B08926B6A88806C',X'4560E8457B58869B69EEC96F82F2490B8B28C33F8E55BB30C650775B65FAB2F7');
INSERT INTO "record" VALUES(30,1795900000000,'message','20',X'7106733E463B2CC1506D130B26A14F9A0B4285B9BEB547DC361D91DF6EB4155C',X'88DEE8B2E890A9F857962EF41B5D5E8F7BB1731ADFBE5A5D50B8EAEA5E417CC0');
INSERT INTO "record" VALUES(31,1795900000000,'message','21',X'8561C1D7689075989B1D8E96432297D00DC7D769F8EEB4731070ABB075E5494C',X'349D3D933F72C8643477A67A44C0D67B5FDCAEB9BB48F2BC76EB01FEBB1D719A');
INSERT INTO "record" VALUES(32,1795900000000,'message','22',X'A5857A207B3EFC393B8E0DEBF50FB5EAFFB8D572D011EAD3C6183BE7A539D923',X'65D237A2C4EB81A4E1B42C49E583799D492FF62DBC639299E134F68D3E0AB92E');
INSERT INTO "record" VALUES(33,1795900000000,'message','23',X'0EDA3E9AEBA7B875C89A709B432609086AE56BED6AFAD66EDE3BF2DD4923AD5F',X'FA0D54E17F0B71EB70222FBF29CD68AB4CC3F29705176D0A8BF65875D5D262C7');
INSERT INTO "record" VALUES(34,1795900000000,'message','24',X'548214A8B6CFB5AF406C66F53E1AE878A7C9A4222D4FAB4F462A309EA1DB03D0',X'630AF3FF5A67D47E7E1D67796D5C2213BE9FD327E06ED35FC8ADC882457A28ED');
INSERT INTO "record" VALUES(35,1795900000000,'message','25',X'A6CDDDB24ED55BB5E2BD650DFADB418C8D9C989D378A991F2B95414C9ECB9BD8',X'9B4C9EC0F22529E1F356CD2B0A2CE3510952DEF5CBEC63CB1113764CA2B382E8');
INSERT INTO "record" VALUES(36,1795900000000,'message','26',X'3B422A81780C522B6F1ABAE7114951DB4BF745C7066B85E877407C696F8F9865',X'823FB26C730F2D916EC998699117B89466795EF95AC9C373EA53BD7CE2D4FD7A');
INSERT INTO "record" VALUES(37,1795900000000,'message','27',X'16543B1BC9F278CB0F83FBB3DA35DD6F3C1BD45191FDB5533EFF4A42C6C0695D',X'C45EF7C6B38B5544CBCB561A194C29A389A4C8189C713EF409AA93527F97930E');
INSERT INTO "record" VALUES(38,1795900000000,'message','28',X'76399F5B539AB5D06AF65B495E502C1EAD19C372DC1B963A2633906FA82E57EB',X'DFBDD68B3CF4A907FDAFEC00AB605DAC59CFB358B23C971C1BE261C3A6DC1616');
INSERT INTO "record" VALUES(39,1795900000000,'message','29',X'0DF6C9DC45C351E4DAEAE8090FAF2F44880AE1B83FDEDA0DC2AC872D013AD10F',X'91F5BA351BC96AB3CFEEFAF5EE2E34817FFD91ED90E7A9BB987F4FD5F80DF9BB');
INSERT INTO "record" VALUES(40,1795900000000,'message','30',X'37099E2584AC87B53F76FF263FB88263BEA3ECADC2F6F14EFADF05F70CECBFC4',X'65658F23FAD45C9231EC4A62641257E7FC14D6D41C523DCD763A78BC1B86063C');
INSERT INTO "record" VALUES(41,1795900000000,'message','31',X'9F669251D09605884F2AAD7B1ACF2680B97FB4D8CE9F84DA54E8C63BF68E991B',X'7304146A38A49DD2804BACA643CC53458BABE6B4DAAC5E2782305562D4529204');
INSERT INTO "record" VALUES(42,1795900000000,'message','32',X'D34764760060272972122D1D66D15CE06751DF10EBF5417B86A6118C00861E0A',X'D7446C9135904B2179A18C7233C11504C0E3F6555F03107F462CF46B1FF8A311');
INSERT INTO "record" VALUES(43,1795900000000,'message','33',X'8401C83F3037CE4503DFF008CB07BC118E397822AF80BF5BED029AB859DF2B55',X'F81AB7334717F5A715F4F400A45C9A1965417CDC7DD86FA5B72E52D60C542073');
INSERT INTO "record" VALUES(44,1795900000000,'message','34',X'EDDA1C3559A16563C112D5096F337CF9CF8676FB62A3678476151F5495509DCE',X'F228AE3F251774D770C40ADB4B5724ECCEF650F16EBD6F7720BF9D8D4C2374E1');
INSERT INTO "record" VALUES(45,1795900000000,'message','35',X'FC277D2A2F7A92A3DA2B431CEAA33A811EDAEEA67A24B2D8496B7112FBEF75D4',X'1835B9BE11160655F7B11FBAA31DC63DCB8BAD1818AAEF9DB5E1673F7C6B63F8');
INSERT INTO "record" VALUES(46,1795900000000,'message','36',X'D0C6F427930AD4D07E40021961D3A1B80C8D4BCEAE0A8DA19E577ADD64CEEFF3',X'0CF929BF2F2504CC7224687EC63121EDE18187EB5618E851676A2CC451B705F7');
INSERT INTO "record" VALUES(47,1795900000000,'message','37',X'5A6FF1D345BE453B078A4F8361E102C83CFDEBCDFE496ED0128A37A0A33DBA1D',X'F97099B04A23E47099579E48C0D7A817787F555621F87F2E533A70148CE3745B');
INSERT INTO "record" VALUES(48,1795900000000,'message','38',X'3B7A6710CADE24714A703C58C5DDBF6EA96344A6D986D8D45011409C671A9FB3',X'80CE82FA876BA06A94D5433B522A432E901ABECA5B81BC2384DC361324CB5C47');
INSERT INTO "record" VALUES(49,1795900000000,'message','39',X'F17346A47F3EC34EF812B962FCCE57E814FCF0C2DF55E06E6022E2E064F89F04',X'94866A1C645D2D1C28FDFB25E6D0AF3B4932EB24BBB82F7DB58B72AD3DDD981A');
INSERT INTO "record" VALUES(50,1795900000000,'message','40',X'9AA7FDA0EB02FB0816F5CF5ACCAA481557E4C4A346E7FCD8510F40BFD76ECBF5',X'67A54C5ACEBBDAA7271CE4DBE1953528F174289418DA3941FC3FA82E0EC1454F');
INSERT INTO "record" VALUES(51,1795900000000,'message','41',X'F3889195735719C819C360364132A234EE245BECFDA9FDEFBB52967EF995B742',X'2C594FFB473D1A82BB9E2A0E033DD6528CF6386A82A1FBEC1831A53524472D20');
INSERT INTO "record" VALUES(52,1795900000000,'message','42',X'ACB680C05F2931A606A9525CFE3117EDEF8C0F65BD78C6475916C32D47C8B7D9',X'A0EDE9D340CE04FFAE4FAE23C6EFF2898F753474615EC10F95727BACC81E0DFA');
INSERT INTO "record" VALUES(53,1795900000000,'message','43',X'BBEF9C3D289BBB9DD037F5BD379E6C2FE9F877AF95279ED376650E5DB59A2E55',X'B7BFB5A9BA53B5332F5D1DE98B5BBE4CC0D7992A3BE59D4D98BA63AD360083FA');
INSERT INTO "record" VALUES(54,1795900000000,'message','44',X'D4E95B42A652999320FB46DF41B3BEDDC6E65AF725277090D028734CF855CD00',X'BFC21E468FF7BD3EACB252B254AE8226E046310539A1223031EF1A23C126F8F4');
INSERT INTO "record" VALUES(55,1795900000000,'message','45',X'E112BDB85DB3E17E2A1EA5FCFD869C98A901215ACE76ECB35FE76B733D94EA46',X'5EDD4B32170EC9C229F5C531A4B5B48112502A56E58E74CA350C4906D764ED5F');
INSERT INTO "record" VALUES(56,1795900000000,'message','48',X'5BE37FCCEC08C87B3D8612A5BD49AF87AAEF58AB4E2816E7B74B9D2B762D00EE',X'6A2902A0ED74498B88834D8780986C4A40B1A19E3B4709A55FBA3717EBBE0739');
INSERT INTO "record" VALUES(57,1795900000000,'message','49',X'237431A1C1B9F998441C3D8D9ADB5FAC041AA693AA34F3BBC9C6A19CEB9CB0B7',X'D69297556E27B9F8B6216F51E2770C913AC0AF826E7D9C93C4AFCE8D70660343');
INSERT INTO "record" VALUES(58,1795900000000,'silenced','3',X'A688BB8D8E3B57768B1A95B1A115FFEC77903CDA7EC3D4A46237B0D2EEB47831',X'CE6B5CC27D809DDA7FEAFD5EF807952E3269D345541B049D7FB04452D8A3683A');
INSERT INTO "record" VALUES(59,1795900000000,'message','99999',X'2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881',X'BEA08A8B1DAA6DF1BF109A5514B54D311E2E269EA3F947BB348C1E5851921879');
INSERT INTO "record" VALUES(60,1795900000000,'message','99999',NULL,X'25A983D42185E087319EEFAD351DF40384169F5213B63947603092E171254157');
INSERT INTO "record" VALUES(61,1795900000000,'loss','7..9',NULL,X'1205A26E07D78F0B0A4FEA9D674E76737682AD4623C6FC2B1B074A6D5EA0AFCF');
INSERT INTO "record" VALUES(62,1795900000000,'head','73',X'D8929CF48E8DE25D4200BEA462CBCBCC08C74F258C9ED8858FC85F10778F7500',X'7210CF21B42692C2E9E32056E1DAF9C6C3B3BB78C8187F7CA09046D09E3FDE60');
CREATE TABLE rule_set (version INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO "rule_set" VALUES(1,1795921383363,'{"version":1,"calendar":{"holidays":["2026-01-26","2026-04-15","2026-05-01","2026-05-09","2026-08-15","2026-10-02","2026-10-19","2026-10-20","2026-10-21","2026-12-25","2027-01-26"]},"default_limit_days":7,"holder_limit_days":{"desk":1,"department":1,"office":5,"verification":3,"appellate":15},"holder_turns":2,"escalation_percent":[100,150,200,300],"emergency_escalation_percent":50,"reopen_days":30,"reopen_times":2,"appeal_days":30,"remind_days":3,"transfer_answer_days":2,"information_remind_days":3,"information_call_days":7,"information_back_days":14,"calls_before_closing":3,"visit_floor_per_mille":20,"categories":{"agriculture.croploss":{"department":"AGRI","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"agriculture.insurance":{"department":"AGRI","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"agriculture.krishak":{"department":"AGRI","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"agriculture.seed":{"department":"AGRI","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":false},"certificates.birthdeath":{"department":"PRD","department_urban":"HFW","limit_days":7,"lane":"ordinary","shielded":false},"certificates.caste":{"department":"BCW","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"certificates.income":{"department":"PRD","department_urban":"UDMA","limit_days":5,"lane":"ordinary","shielded":false},"disaster.cyclone":{"department":"DMCD","department_urban":null,"limit_days":3,"lane":"emergency24","shielded":false},"disaster.flood":{"department":"DMCD","department_urban":null,"limit_days":3,"lane":"emergency24","shielded":false},"disaster.food":{"department":"DMCD","department_urban":null,"limit_days":3,"lane":"emergency24","shielded":false},"disaster.shelter":{"department":"DMCD","department_urban":null,"limit_days":3,"lane":"emergency24","shielded":false},"education.admission":{"department":"SED","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":false},"education.kanyashree":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"education.meal":{"department":"SED","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":false},"education.scholarship":{"department":"HED","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"education.teacher":{"department":"SED","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"health.ambulance":{"department":"HFW","department_urban":null,"limit_days":3,"lane":"emergency2","shielded":false},"health.hospital":{"department":"HFW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"health.medicine":{"department":"HFW","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":false},"health.swasthya":{"department":"HFW","department_urban":null,"limit_days":3,"lane":"ordinary","shielded":false},"housing.bribe":{"department":"HSG","department_urban":"UDMA","limit_days":7,"lane":"ordinary","shielded":true},"housing.inclusion":{"department":"HSG","department_urban":"UDMA","limit_days":10,"lane":"ordinary","shielded":false},"housing.instalment":{"department":"HSG","department_urban":"UDMA","limit_days":7,"lane":"ordinary","shielded":false},"labour.jobcard":{"department":"PRD","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"labour.migrant":{"department":"LAB","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":false},"labour.wages":{"department":"LAB","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"land.grabbing":{"department":"LLR","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"land.mutation":{"department":"LLR","department_urban":null,"limit_days":15,"lane":"ordinary","shielded":false},"land.record":{"department":"LLR","department_urban":null,"limit_days":15,"lane":"ordinary","shielded":false},"land.survey":{"department":"LLR","department_urban":null,"limit_days":15,"lane":"ordinary","shielded":false},"pension.disability":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"pension.oldage":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"pension.sc":{"department":"BCW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"pension.st":{"department":"TRIB","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"pension.widow":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"police.cyber":{"department":"HHA","department_urban":null,"limit_days":3,"lane":"ordinary","shielded":true},"police.fir":{"department":"HHA","department_urban":null,"limit_days":3,"lane":"ordinary","shielded":true},"police.inaction":{"department":"HHA","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":true},"police.misconduct":{"department":"HHA","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":true},"power.bill":{"department":"POW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"power.connection":{"department":"POW","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"power.outage":{"department":"POW","department_urban":null,"limit_days":3,"lane":"ordinary","shielded":false},"power.pole":{"department":"POW","department_urban":null,"limit_days":3,"lane":"ordinary","shielded":false},"ration.card":{"department":"FS","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"ration.dealer":{"department":"FS","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":true},"ration.ekyc":{"department":"FS","department_urban":null,"limit_days":5,"lane":"ordinary","shielded":false},"ration.quantity":{"department":"FS","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"roads.bridge":{"department":"PWD","department_urban":null,"limit_days":15,"lane":"ordinary","shielded":false},"roads.drain":{"department":"PRD","department_urban":"UDMA","limit_days":7,"lane":"ordinary","shielded":false},"roads.encroachment":{"department":"PRD","department_urban":"UDMA","limit_days":15,"lane":"ordinary","shielded":false},"roads.potholes":{"department":"PRD","department_urban":"UDMA","limit_days":10,"lane":"ordinary","shielded":false},"roads.unmade":{"department":"PRD","department_urban":"UDMA","limit_days":15,"lane":"ordinary","shielded":false},"sanitation.sewer":{"department":"PRD","department_urban":"UDMA","limit_days":5,"lane":"ordinary","shielded":false},"sanitation.toilet":{"department":"PRD","department_urban":"UDMA","limit_days":10,"lane":"ordinary","shielded":false},"sanitation.waste":{"department":"PRD","department_urban":"UDMA","limit_days":3,"lane":"ordinary","shielded":false},"transport.bus":{"department":"TRANS","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"transport.licence":{"department":"TRANS","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"transport.permit":{"department":"TRANS","department_urban":null,"limit_days":10,"lane":"ordinary","shielded":false},"water.leak":{"department":"PHE","department_urban":"UDMA","limit_days":5,"lane":"ordinary","shielded":false},"water.quality":{"department":"PHE","department_urban":"UDMA","limit_days":5,"lane":"ordinary","shielded":false},"water.supply":{"department":"PHE","department_urban":"UDMA","limit_days":3,"lane":"ordinary","shielded":false},"water.tubewell":{"department":"PHE","department_urban":"UDMA","limit_days":5,"lane":"ordinary","shielded":false},"women.anganwadi":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"women.lakshmir":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"women.rupashree":{"department":"WCDSW","department_urban":null,"limit_days":7,"lane":"ordinary","shielded":false},"women.violence":{"department":"HHA","department_urban":null,"limit_days":3,"lane":"emergency2","shielded":true}},"departments":["AGRI","AGMK","ARD","BCW","CMO","CA","COOP","CORR","DMCD","ENV","FIN","FES","FISH","FS","FPIH","FOR","HFW","HED","HHA","HSG","ICE","ICA","ITE","IW","JUD","LAB","LLR","LAW","MEELS","MSMET","MAME","NRES","NBD","PRD","PA","PUA","PAR","PSPM","POW","PEIR","PHE","PWD","SED","STBT","SHGSE","SUND","TETSD","TOUR","TRANS","TRIB","UDMA","WRID","WCDSW","YSS"]}');
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    actor      TEXT    NOT NULL,           -- JSON
    name       TEXT    NOT NULL,
    mobile     TEXT,
    created    INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL
, begun_by BLOB, ends INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO "session" VALUES(X'0303030303030303030303030303030303030303030303030303030303030303','{"role":"citizen","person":7}','','9830012345',1795900000000,1795900000000,X'0405',NULL);
CREATE TABLE sign_in_failure (
    key   BLOB    PRIMARY KEY,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,                -- since when it counts
    last  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "sign_in_failure" VALUES(X'09',2,1795900000000,1795900000000);
CREATE TABLE silenced (
    mobile    TEXT    NOT NULL,
    reference INTEGER,
    at        INTEGER NOT NULL
) STRICT;
INSERT INTO "silenced" VALUES('9830012345',NULL,1795900000000);
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE INDEX grievance_by_stage ON grievance (stage, due, reference);
CREATE INDEX grievance_by_department ON grievance (department, stage, due, reference) WHERE department IS NOT NULL;
CREATE INDEX grievance_by_office ON grievance (office, stage, due, reference) WHERE office IS NOT NULL;
CREATE INDEX grievance_by_offer ON grievance (offered_department, offered_office) WHERE offered_department IS NOT NULL;
CREATE INDEX grievance_by_citizen ON grievance (citizen, lodged_at);
CREATE INDEX grievance_by_root ON grievance (root) WHERE root IS NOT NULL;
CREATE INDEX grievance_by_deadline ON grievance (next_deadline) WHERE next_deadline IS NOT NULL;
CREATE INDEX code_by_mobile ON code (mobile, created);
CREATE INDEX code_by_address ON code (address, created);
CREATE INDEX account_by_scope ON account (scope);
CREATE INDEX attachment_by_case ON attachment (reference) WHERE reference IS NOT NULL;
CREATE INDEX grievance_open_by_place ON grievance (district, category, place, lodged_seq)
    WHERE root IS NULL AND stage IN ('registered', 'with_department', 'with_office', 'transfer_offered', 'atr_review');
CREATE TRIGGER head_is_not_deleted BEFORE DELETE ON ledger_head BEGIN SELECT RAISE(ABORT, 'published heads stay'); END;
CREATE INDEX reading_by_case ON reading (reference, at) WHERE reference IS NOT NULL;
CREATE INDEX reading_by_person ON reading (person, at) WHERE person IS NOT NULL;
CREATE TRIGGER reading_is_not_changed BEFORE UPDATE ON reading BEGIN SELECT RAISE(ABORT, 'readings stay on record'); END;
CREATE TRIGGER reading_is_not_deleted BEFORE DELETE ON reading BEGIN SELECT RAISE(ABORT, 'readings stay on record'); END;
CREATE TRIGGER record_is_not_changed BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END;
CREATE TRIGGER record_is_not_deleted BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END;
CREATE INDEX code_by_number_and_address ON code (mobile, address, created);
CREATE INDEX sign_in_failure_by_last ON sign_in_failure (last);
CREATE UNIQUE INDEX silenced_by_mobile ON silenced (mobile, coalesce(reference, 0));
CREATE INDEX session_by_actor ON session (actor, created);
CREATE INDEX outbox_pending ON outbox (priority, next_try) WHERE state = 'pending';
CREATE INDEX outbox_pending_of_case ON outbox (reference, recipient, id) WHERE state = 'pending' AND reference IS NOT NULL;
CREATE INDEX outbox_expiring ON outbox (expires) WHERE state = 'pending' AND expires IS NOT NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient, created);
CREATE INDEX grievance_disowned ON grievance (due, reference) WHERE json_extract(state, '$.disowned');
CREATE INDEX attachment_unnamed ON attachment (created, length) WHERE reference IS NULL;
CREATE INDEX session_by_age ON session (created);
CREATE INDEX code_by_age ON code (created);
CREATE INDEX idempotency_by_age ON idempotency (at);
CREATE INDEX attachment_undigested ON attachment (id) WHERE width + seconds > 0 AND stored IS NULL;
CREATE INDEX session_by_beginning ON session (begun_by) WHERE begun_by IS NOT NULL;
CREATE INDEX code_by_page ON code (used_by) WHERE used_by IS NOT NULL;
CREATE TRIGGER head_is_not_changed BEFORE UPDATE ON ledger_head BEGIN SELECT RAISE(ABORT, 'published heads stay'); END;
UPDATE silenced SET rowid = 3;
PRAGMA user_version = 9;
