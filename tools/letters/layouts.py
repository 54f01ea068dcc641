"""Writes letters in the layouts that senders use: cards, buttons of pictures, tables of contents, days, shares."""
import sys

to = sys.argv[1]
S=[('La région finance la rénovation de deux cents lycées','Le plan porte sur dix ans et commence par les lycées chauffés au fioul.','lycees'),('Un réseau de chaleur au bois pour huit mille logements','La chaufferie brûlera des plaquettes venues de moins de cent kilomètres.','reseau'),('Ce que change la nouvelle norme','Trois architectes disent ce qu’ils en font, et ce que cela coûte.','norme'),('Les artisans manquent : une école ouvre','Quarante élèves apprennent le métier de chauffagiste en dix-huit mois.','ecole'),('Le retour des volets','Ils gagnent quatre degrés l’été, pour trois fois rien.','volets')]
U='https://lettre.example/'
foot='<p style="font-size:11px">Vous recevez cette lettre car vous êtes abonné. <a href="https://lettre.example/out?r=1">Se désabonner</a></p>'
def save(n,h): open(f'{to}/layout-{n}.eml','w').write('From: La lettre <lettre@lettre.example>\nTo: v@maison.example\nSubject: La lettre de novembre\nDate: Fri, 20 Nov 2026 08:00:00 +0100\nList-Unsubscribe: <https://lettre.example/out?r=1>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><body>'+h+foot+'</body></html>')
j=''.join
save('cardlink',j(f'<a href="{U}{u}" style="text-decoration:none;color:#000"><table><tr><td><img src="p.png" width="200"></td><td><h3>{t}</h3><p>{b}</p><span style="color:#c00">Lire l’article →</span></td></tr></table></a>' for t,b,u in S))
save('alts',j(f'<table><tr><td><a href="{U}{u}"><img src="p{u}.png" width="600" height="300" alt="{t}"></a></td></tr></table>' for t,b,u in S))
save('alts-text',j(f'<table><tr><td><a href="{U}{u}"><img src="p{u}.png" width="600" alt="{t}"></a></td></tr><tr><td>{b}</td></tr><tr><td><a href="{U}{u}"><img src="btn.png" alt="Lire la suite"></a></td></tr></table>' for t,b,u in S))
save('btnimg',j(f'<table><tr><td><h2>{t}</h2></td></tr><tr><td>{b}</td></tr><tr><td><a href="{U}{u}"><img src="btn.png" alt="Lire la suite"></a></td></tr></table>' for t,b,u in S))
save('mobile',j(f'<div class="desk"><h2><a href="{U}{u}">{t}</a></h2><p>{b}</p></div><!--[if !mso]><!--><div class="mob" style="display:none;max-height:0px;overflow:hidden;mso-hide:all"><h2><a href="{U}{u}?m=1">{t}</a></h2><p>{b}</p></div><!--<![endif]-->' for t,b,u in S))
save('bulletproof',j(f'<h2>{t}</h2><p>{b}</p><div><!--[if mso]><v:roundrect href="{U}{u}"><center>Lire</center></v:roundrect><![endif]--><a href="{U}{u}" style="background-color:#000;mso-hide:all;">Lire l’article</a></div>' for t,b,u in S))
save('toc',"<h2>Au sommaire</h2><ul>"+j(f'<li><a href="#a{i}">{s[0]}</a></li>' for i,s in enumerate(S))+'</ul>'+j(f'<a name="a{i}"></a><h2>{t}</h2><p>{b}</p><p>Une seconde phrase qui renvoie <a href="{U}{u}">au dossier complet</a> et à <a href="{U}{u}/annexe">son annexe</a>, pour qui veut.</p><p><a href="#top">Haut de page</a></p>' for i,(t,b,u) in enumerate(S)))
save('sections',j(f'<h1>{sec}</h1>'+j(f'<p><strong><a href="{U}{u}">{t}</a></strong><br>{b}</p>' for t,b,u in part) for sec,part in (('À la une',S[:1]),('Énergie',S[1:3]),('Métiers',S[3:]))))
save('share',j(f'<h2>{t}</h2><p>{b}</p><p><a href="{U}{u}">Lire</a> | <a href="https://www.linkedin.com/sharing/share-offsite/?url={U}{u}">Partager</a> | <a href="mailto:?subject=x">Envoyer</a></p>' for t,b,u in S))
save('source',j(f'<p><a href="{U}{u}"><b>{t}</b></a><br><i>Le Moniteur, 19 novembre 2026 — Julie Petit</i><br>{b}</p>' for t,b,u in S))
save('numbers',j(f'<table><tr><td style="font-size:30px">{i+1}</td><td><b>{t}</b><br>{b} <a href="{U}{u}">&gt; En savoir +</a></td></tr></table>' for i,(t,b,u) in enumerate(S)))
save('events',j(f'<p><b>{12+i} décembre – Lyon</b><br>{t}<br>{b}<br><a href="{U}{u}">Programme et inscription</a></p>' for i,(t,b,u) in enumerate(S)))
save('quote',j(f'<blockquote><h3>{t}</h3><p>{b}</p><a href="{U}{u}">Lire</a></blockquote>' for t,b,u in S))
save('dl',"<dl>"+j(f'<dt><a href="{U}{u}">{t}</a></dt><dd>{b}</dd>' for t,b,u in S)+'</dl>')
save('emoji',j(f'<p>👉 <a href="{U}{u}">{t}</a><br>{b}</p>' for t,b,u in S))
save('lead',f'<h1>{S[0][0]}</h1><p>{S[0][1]}</p><p><a href="{U}{S[0][2]}">Lire</a></p><h2>Et aussi</h2><ul>'+j(f'<li><a href="{U}{u}">{t}</a></li>' for t,b,u in S[1:])+'</ul>')
def cols(row): return '<table>'+j('<tr>'+j(f'<td>{c}</td>' for c in r)+'</tr>' for r in row)+'</table>'
P=[S[0:2],S[2:4]]
save('columns',j(cols([[f'<h3>{t}</h3>' for t,b,u in p],[b for t,b,u in p],[f'<a href="{U}{u}">Lire la suite</a>' for t,b,u in p]]) for p in P)+f'<h3>{S[4][0]}</h3><p>{S[4][1]}</p><a href="{U}{S[4][2]}">Lire la suite</a>')
save('columns-img',j(cols([[f'<a href="{U}{u}"><img src="{u}.png"></a>' for t,b,u in p],[f'<a href="{U}{u}"><b>{t}</b></a>' for t,b,u in p],[b for t,b,u in p]]) for p in P)+f'<p><a href="{U}{S[4][2]}"><b>{S[4][0]}</b></a><br>{S[4][1]}</p>')
save('dated',"<ul>"+j(f'<li>{10+i}/11 – <a href="{U}{u}">{t}</a></li>' for i,(t,b,u) in enumerate(S))+'</ul>')
save('ellipsis',j(f'<p><b>{t}</b><br>{b[:-1]}… <a href="{U}{u}">[Lire la suite]</a></p>' for t,b,u in S))
save('ol',"<ol>"+j(f'<li><b>{t}</b><br>{b} <a href="{U}{u}">Les Échos</a></li>' for t,b,u in S)+'</ol>')
save('sourced',j(f'<p><a href="{U}{u}">{t}</a></p><p><i>Source : Les Échos, 19 novembre</i></p>' for t,b,u in S))
save('quoted',j(f'<p>« <a href="{U}{u}">{t}</a> » (Les Échos, 19/11)</p>' for t,b,u in S))
save('agenda',"<table>"+j(f'<tr><td>{12+i} déc.</td><td><a href="{U}{u}">{t}</a></td><td>Lyon</td></tr>' for i,(t,b,u) in enumerate(S))+'</table>')
save('sponsor',j(f'<h2><a href="{U}{u}">{t}</a></h2><p>{b}</p>' for t,b,u in S[:2])+'<p style="font-size:10px">PUBLICITÉ</p><h2><a href="https://pub.example/x">Un logiciel pour vos chantiers</a></h2><p>Essayez-le trente jours.</p>'+j(f'<h2><a href="{U}{u}">{t}</a></h2><p>{b}</p>' for t,b,u in S[2:]))
save('related',j(f'<h2>{t}</h2><p>{b}</p><p><a href="{U}{u}">Lire l’article</a></p><p>À lire aussi : <a href="{U}{u}/avant">Ce qu’on en disait l’an dernier</a></p>' for t,b,u in S))
save('linkedblurb',j(f'<h3>{t}</h3><p><a href="{U}{u}">{b}</a></p>' for t,b,u in S))
save('staff','<p>Chères et chers collègues,</p><h2>Un mot du directeur</h2><p>Merci à toutes les équipes pour ce trimestre, qui n’a pas été facile.</p>'+j(f'<h2>{t}</h2><p>{b} Pour en savoir plus, <a href="{U}{u}">consultez la page dédiée</a>.</p>' for t,b,u in S)+'<h2>Anniversaires</h2><p>Claire et Paul fêtent leurs dix ans de maison.</p><p>La direction de la communication</p>')
save('caps',j(f'<p>{t.upper()}<br>{b} (<a href="{U}{u}">lire l’article</a>)</p>' for t,b,u in S))
save('icons',j(f'<h3>🔥 {t} <a href="{U}{u}"><img src="lien.png" width="16" height="16" alt="lien"></a></h3><p>{b}</p>' for t,b,u in S))
save('intro','<p>Bonjour Claire,</p><p>Cette semaine, on vous parle de <a href="https://lettre.example/lycees">lycées</a>, de chaleur et de volets. Bonne lecture !</p>'+j(f'<h2>{t}</h2><p>{b}</p><p><a href="{U}{u}">Découvrir</a></p>' for t,b,u in S))
save('menu','<p><a href="https://lettre.example/c/energie">Énergie</a> | <a href="https://lettre.example/c/habitat">Habitat</a> | <a href="https://lettre.example/c/metiers">Métiers</a></p>'+j(f'<h2><a href="{U}{u}">{t}</a></h2><p>{b}</p><p><a href="https://lettre.example/c/energie">Énergie</a> · <a href="https://lettre.example/auteur/julie">Julie Petit</a> · 3 min</p>' for t,b,u in S)+'<h3>Nos réseaux</h3><p><a href="https://www.linkedin.com/company/x">LinkedIn</a> <a href="https://www.youtube.com/@x">YouTube</a></p><p><a href="https://lettre.example/don">Faire un don</a> <a href="https://lettre.example/contact">Nous contacter</a></p>')
save('nodiv',j(f'<font size="4"><b>{t}</b></font><br>{b}<br><a href="{U}{u}">{U}{u}</a><br><br>' for t,b,u in S))
save('pre','<pre>'+j(f'{i+1}. {t}\n   {b}\n   {U}{u}\n\n' for i,(t,b,u) in enumerate(S))+'</pre>')
def cta(n,A,tag='p',head='h3'):
    save(n,j(f'<{head}>{t}</{head}><{tag}>{b}</{tag}><{tag}><a href="{U}{u}">{a}</a></{tag}>' for (t,b,u),a in zip(S,A)))
cta('cta1',['Télécharger le rapport','Voir la vidéo','Écouter le podcast','Je m’inscris','Répondre au questionnaire'])
cta('cta2',['Consulter l’étude complète','Regarder le replay du webinaire','Accéder au dossier','Participer à l’enquête','Lire l’interview de Julie Petit'])
cta('cta3',['Je consulte le programme','Toutes les infos ici','Retrouvez le communiqué','Visionner le reportage','+ d’infos'])
cta('cta4',['Read the full report','Watch the webinar recording','Listen to the episode','Register for the event','Download the white paper'])
cta('cta5',['Lire +','En savoir +','Voir +','Lire &gt;&gt;','Suite &gt;'])
cta('cta6',['Découvrez notre dossier spécial','Lisez l’article complet sur notre site','Inscrivez-vous dès maintenant','Téléchargez la plaquette','Prenez rendez-vous'])
cta('cta7',['Zum Bericht','Jetzt anmelden','Zur Studie','Mehr dazu','Video ansehen'])
cta('cta8',['Ver más','Leer más','Descargar el informe','Ver el vídeo','Inscribirse'])
cta('cta9',['Accéder à l’article','Lien vers le site','Plus de détails','Je réserve ma place','Découvrir la suite'],'div','h2')
# button as table
save('btntable',j(f'<table><tr><td><b style="font-size:18px">{t}</b></td></tr><tr><td>{b}</td></tr><tr><td><table><tr><td bgcolor="#0a0"><a href="{U}{u}" style="color:#fff;font-weight:bold">{a}</a></td></tr></table></td></tr></table>' for (t,b,u),a in zip(S,['Télécharger le rapport','Voir la vidéo','Écouter le podcast','Je m’inscris','Répondre au questionnaire'])))
# two ways on
save('twoways',j(f'<h3>{t}</h3><p>{b}</p><p><a href="{U}{u}">Lire l’article</a> &nbsp; <a href="{U}{u}/pdf">Télécharger le PDF</a></p>' for t,b,u in S))
# title linked plus cta other path
save('both',j(f'<h3><a href="{U}{u}">{t}</a></h3><p>{b}</p><p><a href="{U}{u}?utm_source=nl">Lire l’article complet</a></p>' for t,b,u in S))
# category label above title
save('label',j(f'<p style="color:#c00"><b>ÉNERGIE</b></p><p><b>{t}</b></p><p>{b}</p><p><a href="{U}{u}">Lire la suite</a></p>' for t,b,u in S))
save('labellink',j(f'<p><a href="{U}rubrique/energie">Énergie</a></p><h3><a href="{U}{u}">{t}</a></h3><p>{b}</p>' for t,b,u in S))
save('datelabel',j(f'<p>20 novembre 2026</p><h3><a href="{U}{u}">{t}</a></h3><p>{b}</p>' for t,b,u in S))
save('author',j(f'<h3><a href="{U}{u}">{t}</a></h3><p>Par <a href="{U}auteurs/julie-petit">Julie Petit</a></p><p>{b}</p>' for t,b,u in S))
save('comments',j(f'<h3><a href="{U}{u}">{t}</a></h3><p>{b}</p><p><a href="{U}{u}#comments">3 commentaires</a> · <a href="{U}tag/energie">énergie</a>, <a href="{U}tag/habitat">habitat</a></p>' for t,b,u in S))
save('appel','<h2>Appel à candidatures</h2>'+j(f'<p><b>{t}</b></p><p>{b} Date limite : 12 décembre. <a href="{U}{u}">Cahier des charges</a></p>' for t,b,u in S))
save('edito','<h2>Édito</h2><p>Chers lecteurs, l’hiver arrive et avec lui les factures. Nous avons voulu savoir ce que font les villes, et nous n’avons pas été déçus.</p><p><i>Marie Durand, directrice</i></p><h2>Actualités</h2>'+j(f'<h3>{t}</h3><p>{b} <a href="{U}{u}">Lire la suite</a></p>' for t,b,u in S)+'<h2>Contact</h2><p>Maison de l’énergie, 12 rue des Lilas, 69000 Lyon – <a href="mailto:a@b.fr">nous écrire</a></p>')
